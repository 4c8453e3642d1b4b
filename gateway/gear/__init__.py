"""Alarm gear of other makers: what it says, in our words. Adapters of SIA DC-09 and of SCAIP."""
