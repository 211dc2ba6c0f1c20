"""The plan of a case: from the rights asked, the company and the law to steps with an owner, a day and a state.

Pure: the plan follows from the case and the policy and is never stored. What people did to it is in `case.work`.
"""

from mailbot.plan.data_locations import DataLocation, data_locations, slug
from mailbot.plan.planning import open_required, plan_of
from mailbot.plan.step import EVERYTHING, PlanStep, StepState, belongs, is_ticked

__all__ = [
    "EVERYTHING",
    "DataLocation",
    "PlanStep",
    "StepState",
    "belongs",
    "data_locations",
    "is_ticked",
    "open_required",
    "plan_of",
    "slug",
]
