"""What each of the city's people does in the course of a load, button by button."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import expect

from tests.browser.people import Person

PLATE = "豫G·12345"

# The plant's clerk


def declares(clerk: Person, *, wet_t: str, moisture: str) -> None:
    """产泥申报 of a batch of today."""
    clerk.turns_to("产泥申报").types("湿重", wet_t).types("含水率", moisture).presses("申报入库").sees("已入库")


def issues(clerk: Person, *, planned_t: str) -> str:
    """开具联单 to the incinerator, by the first hauler's trucks; the number."""
    clerk.turns_to("开具联单").picks("运输单位和车辆", "宏达运输有限公司").picks("去向", "新乡污泥焚烧厂")
    clerk.types("计划数量", planned_t).presses("开具联单").sees("联单已开具")
    return clerk.number()


def releases(clerk: Person, number: str, *, gross_t: str, tare_t: str, moisture: str) -> None:
    """过磅放行, as far as the code on the screen."""
    clerk.opens("/plant/").follows(number_as_printed(number)).follows("放行")
    clerk.types("毛重", gross_t).types("皮重", tare_t).types("含水率", moisture)
    clerk.types("磅单号", "CC-1").types("铅封号", "QF-7").presses("出交接码").sees("请司机扫码，或输入")


def takes_back(clerk: Person, number: str, *, returned_t: str) -> None:
    """收回退运, as far as the code on the screen."""
    clerk.opens("/plant/").sees("被拒收，等收回").follows(number_as_printed(number)).follows("收回退运")
    clerk.types("退回净重", returned_t).types("退运原因", "处置单位料仓已满").presses("出交接码")
    clerk.sees("请司机扫码，或输入")


# The hauler's dispatcher


def assigns(dispatcher: Person, *, driver: str) -> None:
    """派车: the first truck and this driver to the load that waits."""
    dispatcher.turns_to("派车").follows("派车").picks("车辆", PLATE).picks("驾驶员", driver).presses("派车").sees(
        f"已派 {PLATE}"
    )


# The driver


def types_the_code(driver: Person, code: str, step: str) -> None:
    """From the card on top, six digits; they send themselves."""
    driver.opens("/driver/").follows(step)
    driver.page.get_by_label("对方屏幕上的 6 位数字").press_sequentially(code)


def arrives(driver: Person) -> None:
    """到厂, by one tap."""
    driver.opens("/driver/").presses("到了，记到厂").sees("已记下到厂时间")


# The disposal site's operator


def receives_a_part(operator: Person, *, gross_t: str, tare_t: str, moisture: str, accepted_t: str) -> None:
    """部分接收 of the truck at the gate, as far as the code on the screen."""
    operator.turns_to("待进厂").follows("新乡污泥焚烧厂").sees("门口等候", PLATE).follows("过磅接收")
    operator.types("进厂毛重", gross_t).types("皮重", tare_t).types("复测含水率", moisture)
    operator.chooses("处理意见", "部分接收").types("收下多少", accepted_t).chooses("拒收原因", "料仓已满")
    operator.presses("出交接码").sees("请司机扫码，或输入")


def burns_all(operator: Person, *, wet_t: str) -> None:
    """处置 of the only lot, checked against the rules and then recorded."""
    operator.turns_to("库存与处理").follows("处置").types("湿重", wet_t)
    operator.presses("下一步：对照规定").sees("符合规定", "将记为合规处置。").presses("登记处置").sees("合规处置")


# The authority


def reads_accounts(regulator: Person, first: date, last: date) -> dict[str, str]:
    """The masses of a period, by the heads of their columns."""
    regulator.turns_to("核算").types("起日", first.isoformat()).types("止日", last.isoformat()).presses("核算")
    regulator.sees("分毫不差")
    table = regulator.page.get_by_role("table", name="数量")
    expect(table).to_be_visible()
    heads = [" ".join(text.split()) for text in table.locator("thead th").all_inner_texts()]
    cells = [text.strip() for text in table.locator("tbody tr").first.locator("th, td").all_inner_texts()]
    return dict(zip(heads, cells, strict=True))


# Everybody


def number_as_printed(number: str) -> re.Pattern[str]:
    """A number in groups of four with its check digit set apart, whatever white space lies between."""
    groups = [*(number[start : start + 4] for start in range(0, 16, 4)), f"{number[16:19]}-{number[19]}"]
    return re.compile(r"\s*".join(groups))


def code_on(giver: Person) -> str:
    """The six digits on the giving side's screen, as somebody beside it reads them."""
    shown = giver.page.get_by_text(re.compile(r"^\s*\d{3} \d{3}\s*$"))
    expect(shown).to_be_visible()
    return (shown.text_content() or "").replace(" ", "").strip()
