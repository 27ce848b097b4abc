"""F27: the line breaks at a random byte of an upload; its sender goes on, some after another sign-in."""

from tests.chaos.patience import patiently
from tests.chaos.sender import Upload
from tests.chaos.trial import Fault, Trial

LARGEST = 400_000
NEW_SIGN_IN_EVERY = 10


async def cut_uploads(trial: Trial) -> None:
    """Cut each upload once, see it through, and compare what is kept with what was sent (the checker compares too)."""
    uploads = [
        upload for _ in range(trial.scaled(100)) for upload in trial.uploads(1, size=trial.dice.randint(1_000, LARGEST))
    ]
    await trial.send_all([_Cut(trial, upload, number) for number, upload in enumerate(uploads)], at_once=4)


class _Cut:
    """An upload whose line is cut once before it is seen through."""

    def __init__(self, trial: Trial, upload: Upload, number: int) -> None:
        self.trial, self.upload, self.number = trial, upload, number
        self.person, self.slot_id, self.document = upload.person, upload.slot_id, upload.document

    async def until_receipted(self):
        dice = self.trial.dice
        await self.upload.begin()
        cut_at = dice.randrange(1, len(self.document.content))
        if await self.upload.send_until(cut_at) or await self.upload.send_until(cut_at):  # the token may have expired
            self.trial.count("cuts")
        if self.number % NEW_SIGN_IN_EVERY == 0:
            await patiently(self.person.sign_in, "a new sign-in")
            self.trial.count("new sign-ins")
        return await self.upload.until_receipted()


FAULT = Fault("F27", "uploads cut at a random byte and resumed", uploads=100, run=cut_uploads)
