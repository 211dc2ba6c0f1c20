"""The plan of a case: from the rights asked, the company and the law to steps with an owner, a day and a state.

Pure: the plan follows from the case and the policy and is never stored. What people did to it is in `case.work`.
"""

from mailbot.plan.making import open_required, plan_of
from mailbot.plan.spots import Spot, slug, spots_of
from mailbot.plan.values import EVERYTHING, PlanStep, StepState, belongs

__all__ = ["EVERYTHING", "PlanStep", "Spot", "StepState", "belongs", "open_required", "plan_of", "slug", "spots_of"]
