"""SCAIP, SS 91100 and CLC/TS 50134-9: social alarm units, over HTTPS (docs/scaip.md)."""
