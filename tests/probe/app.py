from chassis.service import Service
from tests.probe import edge

SERVICE = Service(name="probe", package="tests.probe", routers=[edge.router])
