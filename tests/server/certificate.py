"""A certificate for localhost, 127.0.0.1 and ::1 until 2120, for tests of TLS. It signs itself."""

from pathlib import Path
from typing import Any, Final

CERTIFICATE: Final = """\
-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOA3Gggo5sszpbBV
xpVI42iVNCgiMHTh1usstWWYMRE2G70BB0CgMOpY0ZeLeu2aulTceqo1a2VqFF3A
ruqmpeyjYDBeMA8GA1UdEwEB/wQFMAMBAf8wLAYDVR0RBCUwI4IJbG9jYWxob3N0
hwR/AAABhxAAAAAAAAAAAAAAAAAAAAABMB0GA1UdDgQWBBQ7MbCcXnr4eVZwfmr1
9Nhbr/kShDAKBggqhkjOPQQDAgNIADBFAiEA2ukPzqss/mvYj8V1JJmDvGDfYyMx
V6hJhaYnFMHq52UCIE+YW/N5/cjiLBdAIrT5pVau9XNMoLE96hI+Gek78ubn
-----END CERTIFICATE-----
"""

KEY: Final = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgAQUi5tSuMRAFh0h0
Dh6qtDVSRGsP+2Rq00lVYFU0q62hRANCAATgNxoIKObLM6WwVcaVSONolTQoIjB0
4dbrLLVlmDERNhu9AQdAoDDqWNGXi3rtmrpU3HqqNWtlahRdwK7qpqXs
-----END PRIVATE KEY-----
"""

OTHER_KEY: Final = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgS3ppDxmQCsVE37H2
pFjG0oJp7fttqYzj5X1OlDs3AzehRANCAATuTgrwpPA69z/OfWh5ZpDzSFV4Zqcb
18YHNgZVXokK5Mt6qY6zeZn2dBQSBPP/vP3iWnfDsokpDQnQ3WP9GK8o
-----END PRIVATE KEY-----
"""

ENCRYPTED_KEY: Final = """\
-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhgn/Fz6UhKkAICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEM9CDTzwANOS128Wgq/nvosEgZDl
o4WRbIYCG+VEIPfo9p7YYSPqCvKbsK4Fpa46gZ+wGqailk5sVhPaRRSju2MVSNEE
mBT5KZRnRegJNG+A2sS/j1DxZrBV4v978Bq4koG7/iwXH24aIsNZGRlsvUs/+o29
2YYypR1P3Q1y55nyGvALOAJFY2Icy/CV07el8Z3gTvxWgZFfHU0L8vvZuw9PKQg=
-----END ENCRYPTED PRIVATE KEY-----
"""


def write_certificate(folder: Path, key: str = KEY) -> tuple[Path, Path]:
    """Write the certificate and a key into a folder and return the two files."""
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_text(CERTIFICATE)
    key_file.write_text(key)
    return cert_file, key_file


def tls_settings(folder: Path) -> dict[str, Any]:
    """Return the settings of a server with TLS, whose certificate is in a folder."""
    certificate, key = write_certificate(folder)
    return {"https_port": 0, "rubp_tls_port": 0, "tls_cert": certificate, "tls_key": key}
