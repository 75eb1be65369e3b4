"""The way of a batch as its people see it, from the press to the furnace, in a real browser."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from urllib.parse import urlsplit

from sludgetrack.domain.numbers import grouped
from sludgetrack.domain.times import legal_day
from tests.browser.acts import (
    arrives,
    assigns,
    burns_all,
    code_on,
    declares,
    issues,
    number_as_printed,
    reads_accounts,
    receives_a_part,
    releases,
    takes_back,
    types_the_code,
)
from tests.browser.paper import code_on_paper
from tests.browser.people import PHONE, Crowd, Person
from tests.support.city import PEOPLE

# what the scales said, in kg and basis points
OUT_KG, OUT_BP = 28_460 - 12_000, 8_013
IN_KG, IN_BP = 28_400 - 12_000, 8_020
ACCEPTED_KG = 10_000
BACK_KG = 6_380
PRODUCED_KG, PRODUCED_BP = 30_000, 8_013


def dry(kg: int, bp: int) -> Decimal:
    """Dry tonnes, exactly."""
    return Decimal(kg) * (10_000 - bp) / 10_000_000


def test_a_batch_goes_all_the_way_and_everyone_sees_their_part(crowd: Crowd) -> None:
    clerk, regulator = crowd.signed_in("plant"), crowd.signed_in("regulator")
    operator, dispatcher = crowd.signed_in("site"), crowd.signed_in("dispatcher")
    driver = crowd.with_password("driver", PHONE)
    days = _around_today()

    declares(clerk, wet_t="30", moisture="80.13")
    before = reads_accounts(regulator, *days)
    number = issues(clerk, planned_t="16")
    assigns(dispatcher, driver="张㛃")

    # the driver scans the plant's screen, is asked who he is, and comes back to exactly these figures
    releases(clerk, number, gross_t="28.46", tare_t="12", moisture="80.13")
    scanned = clerk.scans()
    assert urlsplit(scanned).path.startswith("/O/")
    driver.opens(scanned).sees("登录").does_not_see("16.46 t").signs_in("driver")
    driver.sees("你要接走这一车吗？").reads("净重", "16.46 t").reads("含水率", "80.13 %").reads("到", "新乡污泥焚烧厂")
    clerk.sees("等待司机确认")
    types_the_code(driver, code_on(clerk), "输入验证码，接车")
    driver.sees("你要接走这一车吗？").reads("净重", "16.46 t").presses("确认接走 16.46 t")
    driver.sees("已接车", "16.46 t 现在由你保管", "开往 新乡污泥焚烧厂")
    clerk.sees("已放行", grouped(number), "驾驶员 张㛃 输码确认")

    # the site takes a part of it
    arrives(driver)
    receives_a_part(operator, gross_t="28.4", tare_t="12", moisture="80.2", accepted_t="10")
    types_the_code(driver, code_on(operator), "输入验证码，交货")
    driver.sees("对方只收一部分。数字对吗？").reads("收下", "10.00 t").reads("不收", "6.40 t").reads("原因", "料仓已满")
    driver.presses("确认交出 10.00 t").sees("部分交货", "车上还有 6.40 t，仍由你保管", "退回 骆驼湾污水处理厂")
    operator.sees("已部分接收", "收下 10.00 t，其余由驾驶员带走")

    # the rest goes home
    takes_back(clerk, number, returned_t="6.38")
    driver.opens(clerk.scans()).sees("退回的数字对吗？").reads("退回", "6.38 t").presses("确认退回 6.38 t").sees(
        "已退回", "这一车完成了。"
    )
    clerk.sees("已收回", "驾驶员 张㛃 扫码确认", "退回的污泥已加回库存。")

    # what was accepted is burned, and the authority's account moves by exactly that
    burns_all(operator, wet_t="10")
    disposal_sheet = operator.waits_for_sheets().downloads("处置单")
    after = reads_accounts(regulator, *days)
    _moved_by_the_accepted_part(before, after)

    # every sheet, printed, leads anyone to the record
    clerk.opens(f"/manifests/{number}").waits_for_sheets().sees("4 份交接单与登记的摘要一致")
    for sheet in ("1 · 开具", "2 · 装运", "3 · 接收", "4 · 退运"):
        _shows_the_manifest(crowd.anyone().opens(code_on_paper(clerk.downloads(sheet))), number)
    _shows_the_disposal(crowd.anyone().opens(code_on_paper(disposal_sheet)), number)


def _around_today() -> tuple[date, date]:
    """Two legal days: yesterday's stock was none."""
    today = legal_day(datetime.now(UTC))
    return today - timedelta(days=1), today


def _moved_by_the_accepted_part(before: dict[str, str], after: dict[str, str]) -> None:
    """Of the same production, what was accepted is harmless now; what was lost on the scales is unaccounted for."""
    produced, accepted = dry(PRODUCED_KG, PRODUCED_BP), dry(ACCEPTED_KG, IN_BP)
    gone = dry(OUT_KG, OUT_BP) - dry(IN_KG, IN_BP) + dry(IN_KG - ACCEPTED_KG - BACK_KG, IN_BP)
    nothing = {"期初存量 K0 t": "0.000", "不合规处置 N t": "0.000", "填埋 Lf t": "0.000"}
    stands = {"污水厂": "骆驼湾污水处理厂", "产生量 P t": _shown(produced), **nothing}
    assert before == stands | {
        "无害化处置 H t": "0.000",
        "去向不明 U t": "0.000",
        "期末存量 K1 t": _shown(produced),
    }
    assert after == stands | {
        "无害化处置 H t": _shown(accepted),
        "去向不明 U t": _shown(gone),
        "期末存量 K1 t": _shown(produced - accepted - gone),
    }


def _shown(tonnes: Decimal) -> str:
    return str(tonnes.quantize(Decimal("0.001"), ROUND_HALF_EVEN))


def _shows_the_manifest(anyone: Person, number: str) -> None:
    """The record behind a sheet's code, for somebody who was never here."""
    anyone.sees(grouped(number), "已办结", "记录完整", "6 条记录首尾相接", "4 张交接单的文件与登记的指纹一致")
    anyone.sees("骆驼湾污水处理厂", "宏达运输有限公司", "新乡污泥焚烧厂", "单独焚烧 I1")
    anyone.sees("16.46", "16.40", "收下 10.00 t", "其中不收 6.40 t", "已退回 6.38 t")
    _names_nobody(anyone)


def _shows_the_disposal(anyone: Person, number: str) -> None:
    anyone.sees("污泥处置单", "合规处置", "记录完整").reads("处置单位", "新乡污泥焚烧厂").reads("方式", "单独焚烧 I1")
    anyone.reads("湿重", "10.00 t").reads("含水率", "80.2 %").sees("处置单的文件与登记的指纹一致")
    _names_nobody(anyone)
    anyone.follows(number_as_printed(number)).sees(grouped(number), "已办结")


def _names_nobody(anyone: Person) -> None:
    """Neither on the screen nor anywhere in the page."""
    said = anyone.page.content()
    personal = [*(name for _organisation, name, _roles in PEOPLE.values()), "13800000000"]
    assert [each for each in personal if each in said] == []
