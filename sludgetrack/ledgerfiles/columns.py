"""Every ledger file with its columns: names, Chinese headings, keys, codes and meaning."""

from __future__ import annotations

from typing import Any

from sludgetrack.ledgerfiles import codes, rows
from sludgetrack.ledgerfiles.movement_rules import check_movement, complete_movement
from sludgetrack.ledgerfiles.row_rules import (
    as_is,
    check_lab_value,
    check_party,
    check_policy,
    check_production,
    check_treatment,
    complete_lab_value,
    complete_policy,
    nothing_wrong,
)
from sludgetrack.ledgerfiles.shapes import Column, Kind, LedgerFile

K = Kind

PARTIES = LedgerFile(
    "parties",
    "单位 单位设施 设施 主体",
    "facilities, haulers and authorities",
    (
        Column("code", "code", K.CODE, "代码 编码 单位代码", "代码", "code", key=True, required=True),
        Column("name", "name", K.TEXT, "名称 单位名称", "名称", "name"),
        Column("kind", "kind", K.CHOICE, "类型 单位类型", "类型", "what it is", required=True, codes=codes.PARTY_KINDS),
        Column(
            "division", "division", K.DIVISION, "行政区划 区划代码 区域代码", "行政区划代码", "division (GB/T 2260)"
        ),
        Column("city_class", "city_class", K.CHOICE, "城市类别", "城市类别", "city class", codes=codes.CITY_CLASSES),
        Column(
            "credit_code", "credit_code", K.CODE, "统一社会信用代码 信用代码", "同码为一个单位", "organisation's code"
        ),
        Column("lon", "lon", K.NUMBER, "经度", "WGS-84 经度", "longitude, WGS-84", within=180),
        Column("lat", "lat", K.NUMBER, "纬度", "WGS-84 纬度", "latitude, WGS-84", within=90),
        Column("capacity_t80_d", "capacity_kg_d", K.TONNES, "能力 处置能力 日处置能力", "折80% t/d", "t/d at 80 %"),
        Column("storage_days", "storage_days", K.INTEGER, "贮存天数 贮存期限", "贮存天数", "days sludge may be kept"),
        Column(
            "routes",
            "routes",
            K.CHOICES,
            "处置方式 许可处置方式",
            "许可的处置方式",
            "routes permitted",
            codes=codes.ROUTES,
        ),
        Column("permit_no", "permit_no", K.CODE, "许可证号 许可证编号", "许可证号", "permit"),
        Column(
            "permit_valid_to", "permit_valid_to", K.DATE, "许可有效期 许可证有效期", "许可有效期至", "permit valid to"
        ),
    ),
    rows.Party._make,
    as_is,
    check_party,
)

VEHICLES = LedgerFile(
    "vehicles",
    "车辆 车辆台账",
    "trucks",
    (
        Column("plate", "plate", K.PLATE, "车牌号 车牌", "车牌号", "plate", key=True, required=True, max_length=12),
        Column("hauler", "hauler", K.CODE, "运输单位 承运人", "运输单位代码", "hauler's code", required=True),
        Column("rated_t", "rated_kg", K.TONNES, "核定载质量 核定载重 核载", "核定载质量", "rated load"),
        Column("tare_t", "tare_kg", K.TONNES, "皮重 空车重量", "皮重", "tare"),
        Column("valid_to", "valid_to", K.DATE, "有效期 有效期至", "证件有效期至", "papers valid to"),
    ),
    rows.Vehicle._make,
    as_is,
    nothing_wrong,
)

PRODUCTION = LedgerFile(
    "production",
    "产生 产生台账 产泥 产泥台账",
    "batches produced",
    (
        Column("batch", "batch", K.CODE, "批次号 批次", "批次号", "batch", key=True, required=True),
        Column("plant", "plant", K.CODE, "产生单位 污水处理厂", "产生单位代码", "plant's code", required=True),
        Column("date", "day", K.DATE, "日期 产生日期", "产生日期", "day produced", required=True),
        Column("wet_t", "wet_kg", K.TONNES, "湿重 湿污泥量 产生量", "湿污泥量", "wet mass", required=True),
        Column("moisture_pct", "moisture_bp", K.PERCENT, "含水率", "含水率；空为估计", "moisture; blank is estimated"),
        Column(
            "kind",
            "kind",
            K.CHOICE,
            "污泥种类 种类",
            "污泥种类",
            "kind",
            codes=codes.SLUDGE_KINDS,
            default="plant_sludge",
        ),
        Column("treated_m3", "treated_m3", K.INTEGER, "处理水量", "处理水量 m³", "water treated, m³"),
        Column(
            "stabilised_by",
            "stabilised_by",
            K.CHOICE,
            "稳定化工艺",
            "厂内稳定化",
            "stabilised by",
            codes=codes.TREATMENTS,
        ),
    ),
    rows.Production._make,
    as_is,
    check_production,
)

_ISSUE = (
    Column(
        "manifest",
        "manifest",
        K.CODE,
        "外部联单号 联单号 联单编号",
        "外部联单号",
        "external number",
        True,
        True,
        max_length=40,
    ),
    Column(
        "from", "giver", K.CODE, "移出单位 产生单位 起运设施", "移出设施代码", "giving facility's code", required=True
    ),
    Column("batch", "batches", K.SHARES, "批次 批次号", "批次；空为最早的先出", "batches; blank: oldest first"),
    Column("hauler", "hauler", K.CODE, "运输单位 承运人", "运输单位代码", "hauler's code", required=True),
    Column("plate", "plate", K.PLATE, "车牌号 车牌", "车牌号", "plate", stage="assigned", max_length=12),
    Column("driver", "driver", K.TEXT, "驾驶员 司机", "驾驶员", "driver", stage="assigned", max_length=120),
    Column(
        "to", "destination", K.CODE, "接收单位 处置单位 目的设施", "接收设施代码", "destination's code", required=True
    ),
    Column("route", "route", K.CHOICE, "利用处置方式 处置方式", "计划处置方式", "route", False, True, codes.ROUTES),
    Column("issued_at", "issued_at", K.TIME, "签发时间 开具时间", "开具时间", "issued", required=True, zone_of="from"),
)

_LOAD = (
    Column(
        "loaded_at",
        "loaded_at",
        K.TIME,
        "装运时间 启运时间 起运时间",
        "装运时间",
        "loaded",
        stage="loaded",
        zone_of="from",
    ),
    Column("out_gross_t", "gross_out_kg", K.TONNES, "出厂毛重", "出厂毛重", "gross out", stage="loaded"),
    Column("out_tare_t", "tare_out_kg", K.TONNES, "出厂皮重", "出厂皮重", "tare out", stage="loaded"),
    Column("out_net_t", "net_out_kg", K.TONNES, "出厂净重", "出厂净重", "net out", stage="loaded"),
    Column(
        "out_moisture_pct", "moisture_out_bp", K.PERCENT, "出厂含水率", "出厂含水率", "moisture out", stage="loaded"
    ),
)

_RECEIPT = (
    Column(
        "received_at",
        "received_at",
        K.TIME,
        "接收时间 签收时间",
        "接收时间",
        "received",
        stage="received",
        zone_of="to",
    ),
    Column("in_gross_t", "gross_in_kg", K.TONNES, "进厂毛重", "进厂毛重", "gross in", stage="received"),
    Column("in_tare_t", "tare_in_kg", K.TONNES, "进厂皮重", "进厂皮重", "tare in", stage="received"),
    Column("in_net_t", "net_in_kg", K.TONNES, "进厂净重", "进厂净重", "net in", stage="received"),
    Column(
        "in_moisture_pct",
        "moisture_in_bp",
        K.PERCENT,
        "进厂含水率 复测含水率",
        "进厂含水率",
        "moisture in",
        stage="received",
    ),
    Column(
        "decision",
        "decision",
        K.CHOICE,
        "处理意见",
        "处理意见；空为在途",
        "decision; blank: on the road",
        stage="received",
        codes=codes.DECISIONS,
    ),
    Column("accepted_t", "accepted_kg", K.TONNES, "接收数量 接收量", "接收数量", "accepted mass", stage="received"),
    Column(
        "reason",
        "reason",
        K.TEXT,
        "原因 拒收原因",
        "未接收或退运的原因",
        "why refused or returned",
        stage="received",
        or_stage="returned",
        max_length=400,
    ),
)

_RETURN_AND_VOID = (
    Column("returned_at", "returned_at", K.TIME, "退运时间", "退运时间", "returned", stage="returned", zone_of="from"),
    Column("returned_t", "returned_kg", K.TONNES, "退回数量 退运量", "退回数量", "returned mass", stage="returned"),
    Column("void_at", "void_at", K.TIME, "作废时间", "作废时间", "voided", stage="voided", zone_of="from"),
    Column("void_reason", "void_reason", K.TEXT, "作废原因", "作废原因", "why voided", stage="voided", max_length=400),
)

MOVEMENTS = LedgerFile(
    "movements",
    "联单 转移联单 转运联单 转移台账",
    "truckloads",
    (*_ISSUE, *_LOAD, *_RECEIPT, *_RETURN_AND_VOID),
    rows.Movement._make,
    complete_movement,
    check_movement,
)

TREATMENTS = LedgerFile(
    "treatments",
    "处理 处理台账",
    "treatment runs",
    (
        Column("run", "run", K.CODE, "处理批号 处理编号", "处理编号", "run", key=True, required=True),
        Column("site", "site", K.CODE, "处置单位 设施", "设施代码", "facility's code", required=True),
        Column("process", "process", K.CHOICE, "工艺 处理工艺", "工艺", "process", False, True, codes.TREATMENTS),
        Column("date", "day", K.DATE, "日期 处理日期", "处理日期", "day", required=True),
        Column("inputs", "inputs", K.SHARES, "投入 投入料批", "投入料批", "lots used, or lot:wet_t", required=True),
        Column("outputs", "outputs", K.OUTPUTS, "产出 产出料批", "产出料批", "lot:wet_t:moisture_pct", required=True),
        Column("additive_dry_t", "additive_dry_kg", K.TONNES, "添加剂量 添加干重", "添加物干重", "additives, dry"),
    ),
    rows.Treatment._make,
    as_is,
    check_treatment,
)

DISPOSALS = LedgerFile(
    "disposals",
    "处置 处置台账",
    "final disposals",
    (
        Column("disposal", "disposal", K.CODE, "处置编号 处置单号", "处置编号", "disposal", key=True, required=True),
        Column("site", "site", K.CODE, "处置单位 设施", "处置设施代码", "facility's code", required=True),
        Column("lot", "lot", K.CODE, "料批 料批号", "料批", "lot", required=True),
        Column("route", "route", K.CHOICE, "利用处置方式 处置方式", "处置方式", "route", False, True, codes.ROUTES),
        Column("date", "day", K.DATE, "日期 处置日期", "处置日期", "day", required=True),
        Column("wet_t", "wet_kg", K.TONNES, "湿重 处置量", "处置量（湿）", "wet mass", required=True),
        Column("moisture_pct", "moisture_bp", K.PERCENT, "含水率", "含水率；空为料批的", "moisture; blank: the lot's"),
        Column(
            "final",
            "final",
            K.FLAG,
            "是否处置完 处置完",
            "料批已处置完",
            "the lot is finished",
            codes=codes.YES_NO,
            stage="final",
        ),
        Column("evidence", "evidence", K.TEXT, "凭证 证明材料", "凭证", "evidence"),
        Column(
            "decided_by", "decided_by", K.TEXT, "认定单位 认定机关", "认定机关（仅 X2）", "deciding authority (X2 only)"
        ),
    ),
    rows.Disposal._make,
    as_is,
    nothing_wrong,
)

STOCKTAKES = LedgerFile(
    "stocktakes",
    "盘点 盘点台账",
    "stock counts",
    (
        Column("facility", "facility", K.CODE, "设施 设施代码", "设施代码", "facility's code", key=True, required=True),
        Column("date", "day", K.DATE, "日期 盘点日期", "盘点日期", "day", key=True, required=True),
        Column("wet_t", "wet_kg", K.TONNES, "湿重 盘点量", "盘点量（湿）", "wet mass", required=True),
        Column("moisture_pct", "moisture_bp", K.PERCENT, "含水率", "含水率", "moisture", required=True),
    ),
    rows.Stocktake._make,
    as_is,
    nothing_wrong,
)

LABS = LedgerFile(
    "labs",
    "检测 检测报告 化验",
    "lab reports",
    (
        Column("report", "report", K.CODE, "检测报告号 报告号", "检测报告号", "report", key=True, required=True),
        Column(
            "subject", "subject", K.CODE, "检测对象 样品", "批次、料批或设施", "batch, lot or facility", required=True
        ),
        Column("sampled_on", "sampled_on", K.DATE, "采样日期", "采样日期", "day sampled", required=True),
        Column(
            "parameter", "parameter", K.CHOICE, "检测项目 项目", "检测项目", "parameter", True, True, codes.PARAMETERS
        ),
        Column("value", "value", K.NUMBER, "检测值 结果", "检测值", "value", required=True),
        Column("unit", "unit", K.TEXT, "单位", "单位；空为限值的", "unit; blank: the limit's"),
    ),
    rows.LabValue._make,
    complete_lab_value,
    check_lab_value,
)

POLICIES = LedgerFile(
    "policies",
    "政策 政策规则",
    "dated rules of divisions",
    (
        Column(
            "division", "division", K.DIVISION, "行政区划 区划代码", "行政区划", "division", key=True, required=True
        ),
        Column(
            "route",
            "route",
            K.CHOICE,
            "处置方式",
            "处置方式；空为时限",
            "route; blank: a clock",
            key=True,
            codes=codes.ROUTES,
        ),
        Column("rule", "rule", K.CODE, "规则", "规则", "rule", key=True, required=True, codes=codes.GATE_RULES),
        Column("value", "value", K.TEXT, "取值 值", "取值", "value", required=True),
        Column(
            "valid_from", "valid_from", K.DATE, "生效日期 起始日期", "生效日期", "valid from", key=True, required=True
        ),
        Column("source", "source", K.TEXT, "依据 来源", "依据", "source"),
    ),
    rows.PolicyRow._make,
    complete_policy,
    check_policy,
)

FILES: tuple[LedgerFile[Any], ...] = (
    PARTIES,
    VEHICLES,
    POLICIES,
    PRODUCTION,
    MOVEMENTS,
    TREATMENTS,
    DISPOSALS,
    STOCKTAKES,
    LABS,
)
"""All ledger files, those that others refer to first."""

BY_NAME = {file.name: file for file in FILES}
