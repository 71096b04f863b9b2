"""The tenants of this deployment, read from its one file."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from chassis.problems import NotFound
from chassis.scope import SERVICE
from contracts.tenant import Purpose, Tenant


class Tenants:
    def __init__(self, tenants: Iterable[Tenant]) -> None:
        self._by_slug = {tenant.slug: tenant for tenant in tenants}
        if SERVICE in self._by_slug:
            raise ValueError(f"{SERVICE} is what belongs to a service itself, and no tenant")
        for tenant in self._by_slug.values():
            if tenant.parent is not None and tenant.parent not in self._by_slug:
                raise ValueError(f"{tenant.slug}: its parent {tenant.parent} is no tenant")
            above = self._by_slug.get(tenant.parent or "")
            if above and above.purpose is not tenant.purpose:
                raise ValueError(f"{tenant.slug}: another purpose than its parent's")

    @classmethod
    def read(cls, file: Path) -> "Tenants":
        listed = yaml.safe_load(file.read_text(encoding="utf-8"))["tenants"]
        tenants = [Tenant.model_validate(one) for one in listed]
        if len({tenant.slug for tenant in tenants}) != len(tenants):
            raise ValueError(f"{file}: a slug stands twice")
        return cls(tenants)

    def __iter__(self) -> Iterator[Tenant]:
        return iter(self._by_slug.values())

    def __contains__(self, slug: str) -> bool:
        return slug in self._by_slug

    def get(self, slug: str) -> Tenant:
        try:
            return self._by_slug[slug]
        except KeyError:
            raise NotFound("Không có đơn vị này.", f"There is no tenant {slug!r}.") from None

    def children(self, slug: str) -> list[Tenant]:
        return [tenant for tenant in self if tenant.parent == slug]

    def below(self, slug: str) -> frozenset[str]:
        """All slugs under this one, at any depth; itself not among them."""
        found: set[str] = set()
        for child in self.children(slug):
            found |= {child.slug} | self.below(child.slug)
        return frozenset(found)

    def top(self, slug: str) -> Tenant:
        """The province that this tenant lies in, or itself."""
        tenant = self.get(slug)
        while tenant.parent is not None:
            tenant = self.get(tenant.parent)
        return tenant

    def of_purpose(self, purpose: Purpose) -> frozenset[str]:
        return frozenset(tenant.slug for tenant in self if tenant.purpose is purpose)
