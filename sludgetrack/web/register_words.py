"""What stands in the registers, in the reader's words: kinds, classes, permits, and the fields of a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sludgetrack.domain.identity import CityClass, FacilityKind, OrganisationKind, Role
from sludgetrack.services.reading.admin import Difference
from sludgetrack.web.format import DASH, mass, plate
from sludgetrack.web.forms import reading
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import is_english, role_word, route_word

_DAYS = frozenset({"permit_valid_to", "valid_to"})


def organisation_kinds() -> Mapping[str, str]:
    """What organisations do."""
    return {
        OrganisationKind.OPERATOR: _("运营单位（污水厂、处置设施）"),
        OrganisationKind.HAULER: _("运输单位"),
        OrganisationKind.AUTHORITY: _("主管部门"),
    }


def facility_kinds() -> Mapping[str, str]:
    """What facilities are."""
    return {
        FacilityKind.PLANT: _("污水处理厂"),
        FacilityKind.SITE: _("处置设施"),
        FacilityKind.TRANSFER: _("中转站"),
    }


def city_classes() -> Mapping[str, str]:
    """Classes of places; targets differ by them."""
    return {
        CityClass.PREFECTURE: _("地级及以上城市"),
        CityClass.COUNTY_CITY: _("其他设市城市"),
        CityClass.COUNTY: _("县城"),
        CityClass.TOWN: _("建制镇"),
    }


def permit_kinds() -> Mapping[str, str]:
    """Kinds of permits."""
    return {
        "discharge": _("排污许可证"),
        "environmental": _("环评批复"),
        "road_transport": _("道路运输经营许可证"),
        "vehicle": _("道路运输证"),
        "disposal": _("处置许可"),
        "other": _("其他许可"),
    }


def registers() -> Mapping[str, str]:
    """What a registering event is about."""
    return {
        "organisation": _("单位"),
        "facility": _("设施"),
        "vehicle": _("车辆"),
        "person": _("人员"),
        "permit": _("许可"),
    }


def roles() -> Mapping[str, str]:
    """Names of roles by code."""
    return {str(role): role_word(role) for role in Role}


def register_fields() -> Mapping[str, str]:
    """The fields of the registers."""
    return {
        "login": _("登录名"),
        "name": _("名称"),
        "code": _("编号"),
        "kind": _("类别"),
        "roles": _("岗位"),
        "active": _("在用"),
        "plate": _("车牌号"),
        "phone": _("电话"),
        "licence": _("证号"),
        "password_reset": _("密码"),
        "rated_kg": _("核定载质量"),
        "tare_kg": _("皮重"),
        "organisation_code": _("经营单位"),
        "division": _("行政区划"),
        "number": _("区划内序号"),
        "city_class": _("城市类别"),
        "address": _("地址"),
        "credit_code": _("统一社会信用代码"),
        "hauler_code": _("运输编号"),
        "hauler_name": _("承运名称"),
        "capacity_t80_kg_d": _("日处理能力"),
        "storage_days": _("贮存期限"),
        "routes": _("许可处置途径"),
        "permit_no": _("许可证号"),
        "permit_valid_to": _("许可有效期至"),
        "valid_to": _("有效期至"),
        "facility": _("设施"),
        "vehicle": _("车辆"),
        "withdrawn": _("已撤回"),
        "lon": _("经度"),
        "lat": _("纬度"),
        "zone": _("时区"),
    }


def field_word_of(what: str, name: str) -> str:
    """A field's name in one of the registers."""
    if what == "person" and name == "name":
        return _("姓名")
    return register_fields().get(name, name)


def form_labels() -> dict[str, str]:
    """The fields of the registers as forms name them."""
    own = {
        "organisation": _("经营单位"),
        "holder": _("属于"),
        "rated_t": _("核定载质量"),
        "tare_t": _("皮重"),
        "capacity_t80_d": _("处理能力"),
    }
    return {**register_fields(), **own}


def ordered(differences: Iterable[Difference]) -> list[Difference]:
    """Fields in the order people fill them in."""
    order = list(register_fields())
    return sorted(differences, key=lambda one: order.index(one.field) if one.field in order else len(order))


def listed(words: Iterable[str]) -> str:
    """Several things in a row."""
    return (", " if is_english() else "、").join(words)


def value_text(name: str, value: object) -> str:
    """A registered value as people read it."""
    if value is None or value in ("", []):
        return DASH
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, int) and name.endswith(("_kg", "_kg_d")):
        return mass(value)
    if isinstance(value, list):
        return listed(_code_text(name, str(item)) for item in value)
    if name in _DAYS:
        return reading().day(date.fromisoformat(str(value)))
    return plate(str(value)) if name in ("plate", "vehicle") else _code_text(name, str(value))


def _code_text(name: str, code: str) -> str:
    if name == "routes":
        return route_word(code)
    words: dict[str, Callable[[], Mapping[str, str]]] = {
        "roles": roles,
        "city_class": city_classes,
        "kind": lambda: {**organisation_kinds(), **facility_kinds(), **permit_kinds()},
    }
    return words[name]().get(code, code) if name in words else code
