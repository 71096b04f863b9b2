"""From the moment an import is sent until its product is found through the gateway."""

import json
import time
from collections.abc import Iterator

import urllib3

from bench.measuring import Figure, p
from deploy.local.site import Site

ROUNDS = 40
PATIENCE_S = 30


def measured(site: Site) -> Iterator[Figure]:
    pool = urllib3.PoolManager(retries=False)
    took = [_one(site, pool, number) for number in range(ROUNDS)]
    yield Figure("import to searchable p50", p(took, 50), "s")
    yield Figure("import to searchable p99", p(took, 99), "s", "< 2")


def _one(site: Site, pool: urllib3.PoolManager, number: int) -> float:
    door = f"{site.url('gateway')}/t/an-giang"
    token = site.keys.token(
        tenant="an-giang", roles=["administrator"], subject="bench", seconds=300
    )
    name = f"Món đo {number} lần{number}"
    sheet = (
        f'Hạng sao,Sản phẩm,Chủ thể,Địa chỉ\n3,{name},Cơ sở đo {number},"xã Mẫu, huyện Tri Tôn"\n'
    )
    began = time.monotonic()
    answer = pool.request(
        "POST", f"{door}/dossier/v1/imports?dry_run=false",
        fields={"file": ("do.csv", sheet.encode())}, headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    if answer.status != 201:
        raise RuntimeError(answer.data)
    wanted = json.loads(answer.data)["rows"][0]["product_id"]
    while time.monotonic() < began + PATIENCE_S:
        found = pool.request("GET", f"{door}/catalog/v1/products", fields={"q": name, "limit": "5"})
        if wanted in {one["id"] for one in json.loads(found.data)["items"]}:
            return time.monotonic() - began
        time.sleep(0.01)
    raise TimeoutError(name)
