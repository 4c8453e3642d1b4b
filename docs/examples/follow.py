"""A centre's open alarms, rebuilt from its stream. Needs MSA_URL, MSA_CLIENT_ID, MSA_SECRET_FILE, MSA_CENTRE.

Keep the cursor with what it led to: after a crash go on from it, and nothing is missed or comes twice.
"""

import os
import sys
from pathlib import Path

import httpx

ROUNDS = int(os.environ.get("MSA_ROUNDS", "0"))
"""So often it asks, then it ends; 0: for ever."""


def token(http: httpx.Client) -> str:
    """Ask for an access token, which holds for a quarter of an hour."""
    client = os.environ["MSA_CLIENT_ID"], Path(os.environ["MSA_SECRET_FILE"]).read_text().strip()
    answer = http.post("/v1/token", auth=client, data={"grant_type": "client_credentials"})
    return answer.raise_for_status().json()["access_token"]


def apply(open_alarms: dict[str, dict], event: dict) -> None:
    """Bring the picture up to date with one event."""
    if event["type"] == "be.msa.stream.reset":
        open_alarms.clear()  # the alarms that are open now follow
        return
    alarm = event["data"]
    if alarm.get("state") == "closed":
        open_alarms.pop(event["subject"], None)
    else:
        open_alarms[event["subject"]] = alarm
    print(event["type"], event["subject"], flush=True)


def follow(http: httpx.Client, centre: str) -> dict[str, dict]:
    """Read on and on; return the open alarms when it is told to end."""
    open_alarms: dict[str, dict] = {}
    cursor, asked = None, 0
    http.headers["Authorization"] = f"Bearer {token(http)}"
    while not ROUNDS or asked < ROUNDS:
        asked += 1
        params = {"wait": "2"} if cursor is None else {"wait": "2", "after": cursor}
        answer = http.get(f"/v1/streams/{centre}", params=params)
        if answer.status_code == 401:  # it ran out
            asked -= 1
            http.headers["Authorization"] = f"Bearer {token(http)}"
            continue
        for event in answer.raise_for_status().json():
            apply(open_alarms, event)
        cursor = answer.headers["MSA-Cursor"]  # kept once what it led to is
    return open_alarms


with httpx.Client(base_url=os.environ["MSA_URL"], timeout=40) as client:
    left = follow(client, os.environ["MSA_CENTRE"])
    print(f"open: {len(left)}", file=sys.stderr)
