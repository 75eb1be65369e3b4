"""The codes cells may hold, with their Chinese spellings; some are those of the reference tables."""

from __future__ import annotations

from sludgetrack import reference
from sludgetrack.ledgerfiles.shapes import Code

ROUTES = tuple(Code(route.code, route.zh, route.en) for route in reference.routes().values())
TREATMENTS = tuple(Code(process.code, process.zh, process.en) for process in reference.treatments().values())
PARAMETERS = tuple(Code(name, "", "") for name in dict.fromkeys(limit.parameter for limit in reference.limits()))

PARTY_KINDS = (
    Code("plant", "污水处理厂 污水厂 再生水厂 产生单位", "wastewater treatment plant"),
    Code("hauler", "运输单位 运输公司 承运人", "hauler"),
    Code("site", "处置单位 处置厂 处置设施 中转站", "disposal site or transfer station"),
    Code("regulator", "监管部门 主管部门", "authority"),
)
CITY_CLASSES = (
    Code("prefecture", "地级及以上城市 地级市 设区市 设区城市", "prefecture-level city and above"),
    Code("county_city", "其他设市城市 县级市", "other city"),
    Code("county", "县城 县", "county seat"),
    Code("town", "建制镇 镇", "town"),
)
SLUDGE_KINDS = (
    Code("plant_sludge", "污水厂污泥 污水处理厂污泥", "sludge of the plant"),
    Code("sewer_sludge", "通沟污泥 管网污泥", "sewer-cleaning sludge"),
)
DECISIONS = (
    Code("accepted", "接收 接受 全部接收", "accepted"),
    Code("partial", "部分接收 部分接受", "accepted in part"),
    Code("refused", "拒收 拒绝接收 全部拒收", "refused"),
)
YES_NO = (
    Code("yes", "是 Y TRUE 1", "the lot is finished"),
    Code("no", "否 N FALSE 0", "the same as blank"),
)
GATE_RULES = (
    Code("ban", "禁止", "the route is banned (Y/N)"),
    Code("moisture_max_pct", "含水率上限", "highest moisture at disposal, percent"),
    Code("needs_lab", "须检测", "a passing lab report is needed (Y/N)"),
    Code("needs_stabilisation", "须稳定化", "the lot must be stabilised (Y/N)"),
)
