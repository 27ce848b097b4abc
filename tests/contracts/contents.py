"""The content of a contract's version, with everything in it that markup could trip over."""

CONTENT = {
    "contract_number": "R2028-000001",
    "version": 1,
    "legal_business_name": 'Larkspur #panic() *bold* $x$ "Sample" <label> @ref, LLC',
    "bidder_number": "2840001",
    "round_code": "R2028",
    "starts_on": "2028-01-01",
    "ends_on": "2030-12-31",
    "lines": [
        {
            "label": "Back braces, Dallas",
            "locations": [
                {"ptan": "9000000101", "npi": None, "effective_from": "2028-01-01", "effective_to": None},
                {
                    "ptan": "9000000102",
                    "npi": "1000000004",
                    "effective_from": "2028-01-01",
                    "effective_to": "2028-02-01",
                },
            ],
            "prices": [{"hcpcs": "L0650", "amount": 102_305}],
        }
    ],
}
