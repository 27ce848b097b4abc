"""When the help desk answers: Monday to Friday, 9 a.m. to 5:30 p.m. Eastern, not on federal holidays."""

from datetime import datetime, time, timedelta

from chassis import calendar, program_time
from portal import times
from portal.language import mark, translate
from portal.meanings import Status

PHONE = "877-577-5331"
OPENS, CLOSES = time(9), time(17, 30)


def status() -> Status:
    """Return whether somebody answers now, and otherwise when."""
    now = program_time.now().astimezone(calendar.EASTERN)
    if calendar.is_business_day(now.date()) and OPENS <= now.time() < CLOSES:
        return Status("good", "check_circle", mark("Open now"))
    day = now.date() if now.time() < OPENS else now.date() + timedelta(days=1)
    while not calendar.is_business_day(day):
        day += timedelta(days=1)
    opens = datetime.combine(day, OPENS, calendar.EASTERN)
    return Status(
        "quiet", "schedule", translate("Opens %(when)s") % {"when": times.write_minute(opens).replace(":00", "")}
    )
