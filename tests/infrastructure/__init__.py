"""What tests need from outside (PostgreSQL, Kafka, an S3 store, a malware scanner), from one of two providers.

A test asks for the fixtures of `tests.infrastructure.fixtures` and does not know which provider serves it:
`local` runs processes on this machine, `containers` runs them by testcontainers. `CONNEXION_TEST_PROVIDER`
chooses (`local`, `containers` or `auto`, the default), and the test report's first lines say which it took.
"""
