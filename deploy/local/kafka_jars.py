"""Apache Kafka's jars by Maven coordinates."""

from pathlib import Path

from deploy.local.maven import jars_of
from deploy.local.trouble import Trouble

VERSION = "4.1.1"
COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3",
)


def kafka_jars() -> Path:
    """Return the folder with the broker's jars, fetching them the first time (43 MB).

    Raises:
        Trouble: they are not here and cannot be fetched
    """
    try:
        return jars_of(f"kafka-{VERSION}", COORDINATES)
    except Trouble as trouble:
        msg = (
            "Apache Kafka's jars could not be fetched by their Maven coordinates: connect to a Maven repository once, "
            f"or name a running broker in KAFKA_BOOTSTRAP_SERVERS. ({trouble})"
        )
        raise Trouble(msg) from trouble
