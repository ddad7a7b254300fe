"""What can go wrong with analysing as a whole, as problem documents?"""

from http import HTTPStatus

from core.problems import DomainError


class TooManyFailures(DomainError):
    """So many songs failed for reasons of ours that going on would only hide it."""

    code = "analysis-failing"
    title = "Too many songs cannot be analysed"


class AnalysisImpossible(DomainError):
    """There is no engine, or no process that analyses can be started."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "analysis-impossible"
    title = "Songs cannot be analysed on this machine"
