"""What people do when something goes wrong: a digit misread, a power cut."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sludgetrack.domain.numbers import grouped
from sludgetrack.domain.times import LEGAL_ZONE
from tests.browser.acts import assigns, code_on, declares, issues, releases, types_the_code
from tests.browser.paper import code_on_paper
from tests.browser.people import PHONE, Crowd, Person


def test_a_wrong_code_is_said_and_the_right_one_still_counts(crowd: Crowd) -> None:
    clerk, dispatcher = crowd.signed_in("plant"), crowd.signed_in("dispatcher")
    driver = crowd.signed_in("driver", PHONE).sees("现在没有你的车")
    declares(clerk, wet_t="30", moisture="80")
    number = issues(clerk, planned_t="12")
    assigns(dispatcher, driver="张㛃")
    releases(clerk, number, gross_t="24", tare_t="12", moisture="80")
    right = code_on(clerk)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    crowd.trouble.refusals.append(422)
    types_the_code(driver, wrong, "输入验证码，接车")
    driver.sees("验证码不对，还可以试 4 次。").does_not_see("你要接走这一车吗？")
    driver.page.get_by_label("对方屏幕上的 6 位数字").press_sequentially(right)

    driver.sees("你要接走这一车吗？").presses("确认接走 12.00 t").sees("已接车")
    clerk.sees("已放行", "驾驶员 张㛃 输码确认")


def test_a_blank_form_is_printed_scanned_and_entered_later(crowd: Crowd) -> None:
    clerk, operator = crowd.signed_in("plant"), crowd.signed_in("site")
    clerk.turns_to("纸质补录").types("张数", "1").types("领用人或领用处", "东门卫室").presses("领用编号")
    clerk.sees("已领用 1 个编号，打印后交给 东门卫室。")
    printed = code_on_paper(clerk.downloads("打印这一批"))

    # on the road nobody finds more than what the paper says, and that it is a paper of this plant
    inspector = crowd.anyone().opens(printed).sees("纸质联单，还没有补录", "骆驼湾污水处理厂")
    _enters(operator.opens(printed).sees("纸质联单，还没有补录").follows("开始补录"))

    operator.sees("已补录 3 条，标为“纸质补录”，确认方式记为“未确认”。", "纸质联单")
    number = operator.number()
    inspector.opens(printed).sees(grouped(number), "记录完整", "3 条记录首尾相接", "收下 8.00 t")
    clerk.turns_to("纸质补录").sees("没有在外面的编号")


def _enters(operator: Person) -> None:
    """What is written on the paper, line by line."""
    written = datetime.now(UTC).astimezone(ZoneInfo(LEGAL_ZONE)).strftime("%Y-%m-%dT%H:%M")
    operator.types("开具时间", written).picks("运输单位", "宏达运输有限公司").picks("接收单位", "新乡污泥焚烧厂")
    operator.types("计划数量", "8").types("装运时间", written).types("车牌号", "豫G12345")
    operator.types("出厂毛重", "20").types("出厂皮重", "12").types("出厂含水率", "80")
    operator.types("接收时间", written).types("进厂毛重", "20").types("进厂皮重", "12").types("进厂含水率", "80")
    operator.page.get_by_role("radio", name="接收", exact=True).check()
    operator.presses("补录入账")
