"""Bring new words into the catalogues: `python -m portal.catalogue`. They wait there, empty, to be written."""

from babel.messages.pofile import write_po

from portal.catalogue.extraction import PO, extracted, written

if __name__ == "__main__":
    catalog = written()
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, omit_header=False)
    waiting = [str(message.id) for message in catalog if message.id and not message.string]
    print(f"{len(catalog)} messages, {len(waiting)} wait to be written: {waiting}")
