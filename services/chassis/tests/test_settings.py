import pytest

from chassis.settings import ServiceSettings, load

LOCAL = {
    "CONNEXION_ENVIRONMENT": "local",
    "CONNEXION_DATABASE_URL": "postgresql+asyncpg://user:secret@127.0.0.1/connexion_probe",
}


@pytest.fixture
def environment(monkeypatch):
    def set_to(values):
        for name in LOCAL | values:
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_to


def test_a_local_process_starts_with_its_database_alone(environment):
    environment(LOCAL)
    settings = load(ServiceSettings)
    assert (settings.kafka_security_protocol, settings.database_pool_size) == ("PLAINTEXT", 5)


def test_every_error_is_told_at_once_and_no_value_is_shown(environment, capsys):
    environment(
        LOCAL
        | {
            "CONNEXION_DATABASE_URL": "mysql://user:secret@host/x",
            "CONNEXION_SERVICE_PORT": "99999",
            "CONNEXION_DATABASE_POOL_SIZE": "none",
        }
    )
    with pytest.raises(SystemExit) as stopped:
        load(ServiceSettings)
    told = capsys.readouterr().err
    assert stopped.value.code == 2
    for name in ("CONNEXION_DATABASE_URL", "CONNEXION_SERVICE_PORT", "CONNEXION_DATABASE_POOL_SIZE"):
        assert name in told
    assert "secret" not in told


def test_production_refuses_a_moved_clock_a_stand_in_issuer_and_connections_without_tls(environment, capsys):
    environment(
        {
            "CONNEXION_DATABASE_URL": LOCAL["CONNEXION_DATABASE_URL"],
            "CONNEXION_PROGRAM_TIME_FILE": "/tmp/clock.json",
            "CONNEXION_TOKEN_ISSUER": "http://localhost:8080",
            "CONNEXION_KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
            "CONNEXION_OTLP_ENDPOINT": "http://collector:4318",
        }
    )
    with pytest.raises(SystemExit):
        load(ServiceSettings)
    told = capsys.readouterr().err
    for name in ("DATABASE_URL", "PROGRAM_TIME_FILE", "TOKEN_ISSUER", "KAFKA_SECURITY_PROTOCOL", "OTLP_ENDPOINT"):
        assert f"CONNEXION_{name}" in told


def test_the_default_environment_is_production(environment):
    environment({"CONNEXION_DATABASE_URL": LOCAL["CONNEXION_DATABASE_URL"] + "?ssl=verify-full"})
    settings = load(ServiceSettings)
    assert (settings.environment, settings.kafka_security_protocol) == ("production", "SSL")


def test_a_certificate_needs_its_key(environment, capsys):
    environment(LOCAL | {"CONNEXION_TLS_CERTIFICATE_FILE": "/etc/connexion/tls/platform/tls.crt"})
    with pytest.raises(SystemExit):
        load(ServiceSettings)
    assert "CONNEXION_TLS_KEY_FILE" in capsys.readouterr().err


def test_sweeps_run_more_often_only_where_a_clock_may_be_moved(environment, capsys):
    paced = LOCAL | {"CONNEXION_SWEEP_PACE": "5"}
    environment(paced)
    assert load(ServiceSettings).sweep_pace == 5
    environment(paced | {"CONNEXION_ENVIRONMENT": "production"})
    with pytest.raises(SystemExit):
        load(ServiceSettings)
    assert "CONNEXION_SWEEP_PACE" in capsys.readouterr().err
