"""Taking a press in: read it tolerantly, judge it, have it committed, give the receipt.

A life-sign is never refused for a broken optional field: the bytes are kept, the field is dropped
and flagged, the alarm is raised (guarantee G5).
"""
