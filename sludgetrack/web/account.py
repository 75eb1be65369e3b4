"""账号: one's own password, language, sign-ins and tokens. Nobody else's."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields

from sludgetrack.access import passwords, sessions, tokens
from sludgetrack.access.actors import SignedIn
from sludgetrack.access.tokens import Held, Scope, Wanted
from sludgetrack.domain.identity import Role
from sludgetrack.schemas.base import WireSchema
from sludgetrack.schemas.fields import EventId, Whole, short_text
from sludgetrack.services.context import Context
from sludgetrack.web import forms
from sludgetrack.web.acting import acting, do
from sludgetrack.web.forms import Form
from sludgetrack.web.runtime import runtime
from sludgetrack.web.signing_in import TOKEN, signed_in_only
from sludgetrack.web.texts import gettext as _
from sludgetrack.web.words import role_word

blueprint = Blueprint("account", __name__, url_prefix="/account")

LIVES = (30, 90, 180, 366)
"""Days a token may live."""


class TokenSchema(WireSchema):
    """A token somebody asks for."""

    event_id = EventId(required=True)
    name = short_text(60, required=True)
    scopes = fields.List(fields.Enum(Scope, by_value=True), required=True)
    days = Whole(required=True)


@blueprint.get("/")
@signed_in_only()
def page() -> ResponseReturnValue:
    """Who one is here, and what of it can be changed."""
    return _page(Form(), forms.fresh({"days": "90"}))


@blueprint.post("/password")
@signed_in_only()
def change_password() -> ResponseReturnValue:
    """Another password; every other sign-in ends."""
    form, who = forms.posted(), acting()
    if form["new"] != form["again"]:
        form.blame("again", _("两次输入的新密码不一样。"))
    elif _is_mine(form, who) and form.guard(lambda: do(lambda ctx: _renew(ctx, who, form["new"]))):
        flash(_("密码已改。其他设备上的登录都已退出，本机仍然登录。"), "good")
        return redirect(url_for("account.page"))
    if "password" in form.errors:
        form.errors["new"] = form.errors.pop("password")
    return _page(form, forms.fresh({"days": "90"}))


@blueprint.post("/sessions/end")
@signed_in_only()
def sign_out_everywhere() -> ResponseReturnValue:
    """End every sign-in, this one too."""
    who = acting()
    do(lambda ctx: sessions.end_all(ctx.connection, who.actor.person))
    session.clear()
    flash(_("所有设备上的登录都已退出，请重新登录。"), "good")
    return redirect(url_for("signing_in.login"))


@blueprint.post("/tokens")
@signed_in_only()
def create_token() -> ResponseReturnValue:
    """A new token, shown this once."""
    form, who = forms.posted(), acting()
    asked = form.load(TokenSchema(), {"scopes": form.chosen("scopes")})
    if asked is not None and not asked["scopes"]:
        form.blame("scopes", _("至少选一项。"))
    elif asked is not None and asked["days"] not in LIVES:
        form.blame("days", _("请从给出的选项中选一项。"))
    elif asked is not None:
        days = timedelta(days=asked["days"])
        wanted = Wanted(asked["event_id"], who.actor.person, asked["name"], frozenset(asked["scopes"]), days)
        token = do(lambda ctx: tokens.create(ctx.connection, wanted, ctx.now))
        return render_template("account/token.html", token=token, name=asked["name"], days=asked["days"])
    return _page(Form(), form)


@blueprint.post("/tokens/<uuid:token_id>/revoke")
@signed_in_only()
def revoke_token(token_id: object) -> ResponseReturnValue:
    """End a token."""
    who = acting()
    if not do(lambda ctx: tokens.revoke(ctx.connection, str(token_id), who.actor.person, ctx.now)):
        abort(404)
    flash(_("令牌已吊销，立即失效。"), "good")
    return redirect(url_for("account.page"))


def _is_mine(form: Form, who: SignedIn) -> bool:
    """Whether the present password is right. A wrong one counts as a wrong try at signing in."""
    found = form.guard(
        lambda: do(
            lambda ctx: passwords.check_password(ctx.connection, who.login, form["current"], ctx.now) or "",
        )
    )
    if found == "":
        form.blame("current", _("现在的密码不对。"))
    return bool(found)


def _renew(ctx: Context, who: SignedIn, password: str) -> bool:
    """The new password, and a new session for this browser in place of all others."""
    passwords.set_password(ctx.connection, who.actor.person, who.login, password)
    sessions.end_all(ctx.connection, who.actor.person)
    session[TOKEN] = sessions.begin(ctx.connection, who.actor.person, ctx.now)
    return True


def scope_words() -> dict[str, str]:
    """What a token may be used for."""
    return {Scope.READ: _("读取"), Scope.WRITE: _("写入"), Scope.ADMINISTER: _("管理")}


def _page(password: Form, token: Form) -> ResponseReturnValue:
    who = acting()

    def read(ctx: Context) -> tuple[list[Held], int]:
        own = tokens.of(ctx.connection, who.actor.person)
        return own, len(sessions.live(ctx.connection, who.actor.person, ctx.now))

    held, signed_in = do(read)
    now = runtime().now()
    rendered = render_template(
        "account/page.html",
        me=who,
        roles=[role_word(role) for role in Role if who.actor.has(role)],
        password=password,
        token=token,
        shortest=passwords.SHORTEST,
        tokens=[(one, one.is_live(now)) for one in held],
        signed_in=signed_in,
        scopes=scope_words(),
        lives=[(str(days), _("%(n)s 天", n=days)) for days in LIVES],
    )
    return rendered, max(password.status, token.status)
