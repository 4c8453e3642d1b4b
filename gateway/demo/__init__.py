"""``msa demo``: the whole way, from a button that exists in software to a console in the browser.

Starts what a site would run as programs of their own (gateway, button, bridge) as child processes
that die with this one, on a database made afresh each time, and follows a press through them.
"""
