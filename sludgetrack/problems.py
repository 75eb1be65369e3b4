"""Every refusal's HTTP status and sentence: the only place that knows both the domain's codes and HTTP.

The sentences are Chinese and are translated through the catalogue; facts fill them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sludgetrack.domain.errors import DomainError
from sludgetrack.domain.quantities import tonnes_from_kg
from sludgetrack.domain.times import rfc3339

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Problem:
    """How a refusal is answered: HTTP status, short title, and the sentence saying what would be right."""

    status: int
    title: str
    detail: str


def N_(text: str) -> str:  # noqa: N802 - the customary mark for a text that is translated later
    """Marks a text for the catalogue."""
    return text


PROBLEMS: Mapping[str, Problem] = {
    "not_allowed_now": Problem(
        409, N_("现在不能这样做"), N_("联单现在的状态是“{status}”，不能{event}；现在可以：{allowed}。")
    ),
    "not_permitted": Problem(403, N_("没有权限"), N_("您的岗位不能做这一步（{action}）。")),
    "not_found": Problem(404, N_("没有找到"), N_("没有找到 {name}，或者您看不到它。")),
    "invalid_figures": Problem(422, N_("填写有误"), N_("有 {count} 处需要改正。")),
    "field_missing": Problem(422, N_("缺少一项"), N_("这一项必须填写。")),
    "field_sealed": Problem(409, N_("已经封存"), N_("这一项在“{sealed_by}”时已经确定为 {value}，不能再改。")),
    "out_of_range": Problem(422, N_("超出范围"), N_("{value} 不在允许范围内，应为 {wanted}。")),
    "net_mismatch": Problem(422, N_("净重不符"), N_("净重应等于毛重减皮重：{gross_kg} − {tare_kg} ≠ {net_kg} t。")),
    "accepted_mismatch": Problem(
        422,
        N_("接收量不符"),
        N_("接收量 {accepted_kg} t 与净重 {net_kg} t 不符：全部接收等于净重，部分接收介于 0 与净重之间，拒收为 0。"),
    ),
    "reason_missing": Problem(422, N_("缺少原因"), N_("拒收或部分接收时必须说明原因。")),
    "reason_unexpected": Problem(422, N_("不应填写原因"), N_("全部接收时没有拒收原因。")),
    "too_much_returned": Problem(422, N_("退回过多"), N_("退回 {returned_kg} t 多于车上的 {held_kg} t。")),
    "in_the_future": Problem(422, N_("时间在未来"), N_("{occurred_at} 晚于现在（{now}）5 分钟以上。")),
    "before_departure": Problem(422, N_("早于出厂"), N_("{occurred_at} 早于出厂时间 {departed_at}。")),
    "stale_state": Problem(409, N_("联单已有变化"), N_("您看到之后又有了新的记录，请刷新后再做。")),
    "event_id_taken": Problem(409, N_("编号已用"), N_("这个事件编号已经用于别的内容。")),
    "wrong_code": Problem(422, N_("验证码不对"), N_("验证码不对，还可以试 {tries_left} 次。")),
    "offer_used": Problem(409, N_("已经确认过"), N_("这次交接已经由一位驾驶员确认。")),
    "offer_expired": Problem(410, N_("验证码已过期"), N_("验证码 5 分钟内有效，请对方重新出码。")),
    "offer_dead": Problem(410, N_("验证码已作废"), N_("这个验证码已作废，请对方重新出码。")),
    "route_not_permitted": Problem(
        422, N_("许可不含此途径"), N_("{destination} 的许可不含处置途径 {route}，可选：{permitted}。")
    ),
    "route_banned": Problem(
        422, N_("政策禁止"), N_("{division} 自 {valid_from} 起禁止处置途径 {route}。依据：{source}。")
    ),
    "period_locked": Problem(422, N_("期间已锁定"), N_("{day} 在已锁定的期间内，最早可以从 {first_open} 起。")),
    "shared_table": Problem(403, N_("全系统共用"), N_("这张表全系统共用，只有区划最高的主管部门能改：{who}。")),
    "name_taken": Problem(409, N_("编号重复"), N_("{name} 已经被使用。")),
    "numbers_exhausted": Problem(409, N_("编号用尽"), N_("{facility} 在 {year} 年的联单编号已用尽。")),
    "not_a_number": Problem(422, N_("联单编号不对"), N_("联单编号是 20 位数字，最后一位是校验码；请核对：{text}")),
    "same_party": Problem(422, N_("双方相同"), N_("交出方与接收方不能是同一个：{name}。")),
    "no_dispute": Problem(409, N_("没有争议"), N_("这张联单没有互相矛盾的记录。")),
    "own_offer": Problem(403, N_("本单位的提议"), N_("这是本单位提出的，要由另一方的人同意。")),
    "not_correctable": Problem(422, N_("不能更正"), N_("{name} 不是这条记录可以更正的内容，可选：{wanted}。")),
    "nothing_changes": Problem(422, N_("没有变化"), N_("填写的与记录相同，没有什么要更正。")),
    "correction_open": Problem(409, N_("已有更正提议"), N_("这条记录已有一份更正提议在等待答复。")),
    "correction_over": Problem(409, N_("已经答复"), N_("这份更正提议已经有结果：{outcome}。")),
    "correction_impossible": Problem(
        422, N_("与后来的记录矛盾"), N_("照此更正，后来的记录就不可能发生；请核对数量与处理意见。")
    ),
    "not_a_party": Problem(403, N_("不是当事方"), N_("只有这次交接的当事方可以提出或答复：{parties}。")),
    "period_not_over": Problem(422, N_("月份未结束"), N_("{month} 还没有结束，不能锁定。")),
    "already_locked": Problem(409, N_("已经锁定"), N_("{division} 的 {month} 及以前已经锁定，锁定不能撤销。")),
    "weak_password": Problem(422, N_("密码太弱"), N_("密码至少 {wanted} 个字符，且不能包含登录名。")),
    "bad_login": Problem(401, N_("登录失败"), N_("登录名或密码不对。")),
    "last_administrator": Problem(409, N_("最后一位管理员"), N_("本单位至少要有一位在岗的管理员，请先指定另一位。")),
    "login_locked": Problem(429, N_("暂时锁定"), N_("错误次数太多，请在 {until} 之后再试。")),
}


def problem_of(error: DomainError) -> Problem:
    """The problem of a refusal."""
    return PROBLEMS[error.code]


def sentence(error: DomainError, translate: Translate, words: Mapping[str, str] | None = None) -> str:
    """What a person reads: what is wrong and what would be right. ``words`` names codes (states, events) for them."""
    named = words or {}
    facts = {key: _shown(key, value, named) for key, value in error.facts.items()}
    if "problems" in vars(error):
        facts["count"] = str(len(vars(error)["problems"]))
    return translate(problem_of(error).detail).format_map(_Facts(facts))


class _Facts(dict[str, Any]):
    """Facts of a refusal; one that is not known is a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def _shown(key: str, value: object, words: Mapping[str, str]) -> str:
    if isinstance(value, int) and key.endswith("_kg"):
        return tonnes_from_kg(value)
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, (list, tuple)):
        return "、".join(words.get(str(item), str(item)) for item in value) or "—"
    return words.get(str(value), str(value))
