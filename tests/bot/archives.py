"""Archives by real programs, or their beginnings: RAR's from rarfile's own tests, 7-Zip's by 7-Zip 26."""

from __future__ import annotations

from base64 import b64decode

LOCKED = {
    "a rar of old": b64decode(
        "UmFyIRoHAM+QcwAADQAAAAAAAADSmXoAgCMAFgAAAAsAAAADvFDsdQAAAAAdMwMAAAAAAENNVAwAi+zL9lbBSCmPAOW/5v/w0Gtq"
        "dnpt1nQklDMAEAAAAAAAAAADAAAAAGxQYj0dMwkApIEAAGZpbGUxLnR4dLMOLwEQH2W9AMA="
    ),
    "a rar of old whose names are hidden": b64decode(
        "UmFyIRoHAM6Zc4AADQAAAAAAAACY1Tq5m8CEetYBvlQkcAN6cyEpKUCXohc1cprF8D3HQC5hCrn2MVuFgqTv/A=="
    ),
    "a rar": b64decode(
        "UmFyIRoHAQDz4YLrCwEFBwAGAQGAgIAA1maebhMDAp8ABJ8AACJDfqmAAAEDQ01UUkFSNSBhcmNoaXZlIC0gbm9oZHItcGFzc3dv"
        "cmQKAJib2Y5ZAgM8wAAEgBCkgwLq7ii6gAMBCnN0ZXN0MS50eHQwAQADD36YLN0a4hw2x6OR2o0IimigOq0m9IJ7h9VMclznO2ln"
        "gVHP9jZJwW4YaiIPCgMCgMwgl+YozAFvXOSKu4lkW22a9BUVMg/KTEgf"
    ),
    "a rar whose names are hidden": b64decode(
        "UmFyIRoHAQCv9WlFIQQAAAEPp5jL+1yF6lQKQtTUwocnkB0ppI/CHmPqSl9A01xS1RtNzie6O2Pyqrkm9CHVoC+wFESN1iDKe692"
        "E7oj/tITADp6Bq7WC7/KBLRbqzL3"
    ),
    "a 7z of one file": b64decode(
        "N3q8ryccAATQNC0BEAAAAAAAAABiAAAAAAAAAHbOZQ7H/8dsjEyMcPLBikwwzZXLAQQGAAEJEAAHCwEAAiQG8QcBElMPjSVvxZ8X"
        "vI9kZfdkUPAyECEhAQABAAwKBgAICgEgMDo2AAAFARkBABENAGEALgB0AHgAdAAAABQKAQDAqeoHpH3dARUGAQAggKSBAAA="
    ),
    "a 7z of two files": b64decode(
        "N3q8ryccAAT6ErouhQAAAAAAAAAhAAAAAAAAAC5xJEVnFYuHoeMC3ywHRD9EcPUAAACBMweuD87ysgwHsMPa919FiphISvgj/AwP"
        "2ULosXvqqKvGYxQupendbYuLF7HWPKZPosFZ+635zhXIno6kFiI0RH2S3HcYQXsmtm9L/X2CUFLu1ssTSevFaMRecxkGEOoG1wf3"
        "DVvbExPpEILr6rLovgAAFwYQAQl1AAcLAQABIwMBAQVdABAAAAyAjgoBT3bi1gAA"
    ),
    "a 7z whose names are hidden": b64decode(
        "N3q8ryccAAQ/h3RvgAAAAAAAAAAuAAAAAAAAAMjWnjyka4wqmgTSYmewJ+eZcZiT5sl/YFcC2aiZAEvLEtW5d4XGbjh0LqM3+aYd"
        "1RjxVXYgLND7WLHgah44nAa3po5wonmOWxoBRajRK1POZnpz6VBpGWp81jF1XDZ70mikUN5S7FGYbkg8K+bm5TctK2ZNv1YL2ai8"
        "SagBLfRisZdLzBcGEAEJcAAHCwEAASQG8QcBElMPFOlo2r/aV1/e32wg/w7QegxiCgH4UE1OAAA="
    ),
}
OPEN = {
    "a rar of old": b64decode(
        "UmFyIRoHAM+QcwAADQAAAAAAAADSmXoAgCMAFgAAAAsAAAADvFDsdQAAAAAdMwMAAAAAAENNVAwAi+zL9lbBSCmPAOW/5v/w0Gtq"
        "dnruDHQgkCsACAAAAAAAAAADAAAAAGxQYj0dMwkApIEAAGZpbGUxLnR4dADAAL+IZ/ap/9Q="
    ),
    "a rar": b64decode(
        "UmFyIRoHAQDz4YLrCwEFBwAGAQGAgIAAJjj1xBMDApQABJQAAIbqpZWAAAEDQ01UUkFSNSBhcmNoaXZlIC0gY3JjCgCE9vQaKAID"
        "C7cABIAQpIMCoua3xYADAQpzdGVzdDEudHh0CgMCgMwgl+YozAHEqjRENCT6MutH+sRNfb3mBYCCCozBAyqVyiKbUBqT3UD8AEAC"
        "ANRgBDbtFfm3VIMqZE7NfB/ggt7NNjgCAxuAEASAEKSDAqLmt8WAAAEK"
    ),
    "a 7z of one file": b64decode(
        "N3q8ryccAASspxQpCgAAAAAAAABSAAAAAAAAAKlQeYIBAAVoZWxsbwoAAQQGAAEJCgAHCwEAASEhAQAMBgAICgEgMDo2AAAFARkM"
        "AAAAAAAAAAAAAAAAEQ0AYQAuAHQAeAB0AAAAFAoBAMCp6gekfd0BFQYBACCApIEAAA=="
    ),
    "a 7z of two files": b64decode(
        "N3q8ryccAASMtvpqagAAAAAAAAAgAAAAAAAAAIzaxB8BAAtoZWxsbwp3b3JsZAoAAACBMweuD87ysgwHyEN/QbH6/duItu9sks0K"
        "iHn5UnuRo0BqDOutpSCPXD6V7jbVyN4RJYhkoW0O4mhkLz+cTxYxx15P+uy9bEH0JoyCNTS5nDqH1JL1AAAAFwYQAQlaAAcLAQAB"
        "IwMBAQVdABAAAAxuCgH4z8hZAAA="
    ),
}
