"""Who may pass through a route. Said where the route is declared; a route that says nothing stops
the process at its start.

The order at the door: the token, the tenant, the role, and only then the body.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Request, g, request
from werkzeug.local import LocalProxy

from chassis import scope
from chassis.problems import Forbidden, NotFound, Unauthenticated
from chassis.scope import Scope
from chassis.tenants import Tenants
from chassis.tokens import Caller, Role, Verifier

F = TypeVar("F", bound=Callable[..., Any])
ANYBODY = "anybody"


@dataclass(frozen=True)
class Access:
    """`roles` None: whoever comes; with `person`: whoever of the path's tenant has signed in.
    `below`: the act reaches the tenants under the path's as well.
    `keyed`: what a caller bears is no token; the route itself compares it with its key.
    `shared`: what is public here may be kept and read by anybody's page; otherwise what is answered
    says so for itself, or is of this moment."""

    roles: frozenset[Role] | None
    below: bool = False
    keyed: bool = False
    person: bool = False
    shared: bool = True

    @property
    def private(self) -> bool:
        return self.person or self.roles is not None

    def admits(self, roles: frozenset[str]) -> bool:
        """A caller of the path's tenant who has these."""
        if self.roles is None:
            return Role.PACKAGE_READER not in roles
        return bool(self.roles & roles)


def public(*, below: bool = False, shared: bool = True) -> Callable[[F], F]:
    """Answers everybody alike, with a token of any tenant or none."""
    return _marked(Access(None, below, shared=shared))


def allowed(*roles: Role, below: bool = False) -> Callable[[F], F]:
    """For callers of the path's tenant in one of these roles."""
    return _marked(Access(frozenset(roles), below))


def signed_in(*, below: bool = False) -> Callable[[F], F]:
    """For any person of the path's tenant, whatever the roles, even with none: the use case looks
    whose the thing is. No service that reads packages is a person."""
    return _marked(Access(None, below, person=True))


def keyed() -> Callable[[F], F]:
    """For whoever bears the route's own key."""
    return _marked(Access(None, keyed=True, shared=False))


def _marked(access: Access) -> Callable[[F], F]:
    def mark(view: F) -> F:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    return getattr(app.view_functions[endpoint], "access", None)


def bearer(incoming: Request) -> str | None:
    """The token of an Authorization header; None without one. Another scheme is an error."""
    given = incoming.headers.get("Authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Cần phiên đăng nhập hợp lệ.", "A bearer token is needed.")
    return token.strip()


def caller() -> Caller | None:
    """Who is calling; None for the public without a token."""
    found: Caller | None = g.get("caller")
    return found


def guard(app: Flask, tenants: Tenants, verifier: Verifier | None) -> None:
    """Put the guard before every route of the app."""

    @app.before_request
    def enter() -> None:
        if request.url_rule is None or request.endpoint is None:
            return  # answered as not found
        access = access_of(app, request.endpoint)
        if access is None:
            raise LookupError(f"{request.endpoint} does not say who may pass")
        g.access = access
        token = None if access.keyed else bearer(request)
        g.caller = verifier.verified(token) if verifier and token else None
        _check(access, (request.view_args or {}).get("tenant"), tenants)

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        if (token := g.pop("scope", None)) is not None:
            scope.leave(token)


def _check(access: Access, tenant: str | None, tenants: Tenants) -> None:
    who = caller()
    if access.private and who is None:
        raise Unauthenticated("Cần đăng nhập để xem mục này.", "Sign in to see this.")
    known = None if tenant is None else tenants.get(tenant).slug
    if access.private and who is not None:
        if tenant is not None and who.tenant != tenant:
            raise NotFound("Không tìm thấy.", "Not found.")
        if not access.admits(who.roles):
            raise Forbidden(
                "Vai trò của bạn không được làm việc này.", "Your role does not allow this."
            )
    if known is None:
        return
    below = tenants.below(known) if access.below else frozenset()
    entered = Scope(known, who.person if who else ANYBODY, below)
    g.scope = scope.enter(entered)


tenant: str = LocalProxy(lambda: scope.current().tenant)  # type: ignore[assignment]
