"""Whatever victims, operators and time do, in any order: the domain keeps to its reference model."""

from hypothesis import settings

from tests.support.alarm_machine import AlarmMachine

AlarmMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=60, deadline=None)

TestAnyLife = AlarmMachine.TestCase
