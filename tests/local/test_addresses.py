import pytest

from deploy.local import checkout
from deploy.local.addresses import PUBLIC, VARIABLES, Addresses, given, with_vhost
from deploy.local.failure import Failure

ELSEWHERE = {
    "OCOP_MONGODB": "mongodb://db.example:27017/?replicaSet=rs0",
    "OCOP_RABBITMQ": "amqp://u:p%40ss@mq.example:5672/ocop%2Flocal",
    "OCOP_RABBITMQ_MANAGEMENT": "http://u:p%40ss@mq.example:15672/",
    "OCOP_ELASTICSEARCH": "http://es.example:9200",
}


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, PUBLIC):
        monkeypatch.delenv(name, raising=False)


def test_an_engine_whose_address_is_given_is_not_ours_to_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert [engine.name for engine in checkout.engines()] == [
        "elasticsearch",
        "mongodb",
        "rabbitmq",
    ]
    monkeypatch.setenv("OCOP_MONGODB", ELSEWHERE["OCOP_MONGODB"])
    assert [engine.name for engine in checkout.engines()] == ["elasticsearch", "rabbitmq"]


def test_with_all_given_nothing_else_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    assert checkout.engines() == []
    assert checkout.addresses() == Addresses.of(ELSEWHERE)
    assert checkout.site().vhost == "ocop/local"
    assert checkout.site().public_vhost == f"{checkout.name()}-public"


def test_engines_that_are_given_are_shared_under_a_name_of_this_checkouts_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert checkout.name() == "ocop"
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    assert checkout.name() == f"ocop{checkout.MARK}"
    assert checkout.site().name == checkout.name()
    assert checkout.name() in checkout.keeping()[0]


def test_a_vhost_in_an_address_is_the_prescribed_one() -> None:
    found = Addresses.of(ELSEWHERE | {PUBLIC: "amqp://u:p@streams.example/for-all"})
    assert (found.rabbitmq, found.vhost) == ("amqp://u:p%40ss@mq.example:5672", "ocop/local")
    assert (found.public, found.public_vhost) == ("amqp://u:p@streams.example", "for-all")
    assert with_vhost(found.rabbitmq, "ocop/local") == ELSEWHERE["OCOP_RABBITMQ"]


def test_half_a_broker_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCOP_RABBITMQ", ELSEWHERE["OCOP_RABBITMQ"])
    with pytest.raises(Failure, match="must be given together"):
        given()
