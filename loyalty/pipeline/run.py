"""One night: from landing files to a published generation, step by step.

The steps are plain methods of `Night`; `run_night` calls them one after the other, and so does
the Prefect flow. What a night did is kept in its ledger (schema `quality`), so that after any
failure the next night, started with the same command, takes up what is left.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, date, datetime
from functools import partial
from types import TracebackType

import duckdb

from loyalty import gates, notifications, privacy, publication, scorecard, settings, signals
from loyalty.build import transform
from loyalty.errors import GateStop, LoyaltyError, MartsStop, TakenOverError, UsageError
from loyalty.pipeline import as_of as as_of_dates
from loyalty.pipeline import fingerprint, ledger, preload, rollback_outputs, timing
from loyalty.pipeline.loading import Loading, stop_if_held
from loyalty.pipeline.request import NightRequest, nothing_to_load
from loyalty.pipeline.summary import NightReport
from loyalty.warehouse import diagnosis
from loyalty.warehouse.lock import Hold

LOG = logging.getLogger("loyalty.night")


class Night:
    """One night, as a context: it holds the lock, the database and the night's ledger row."""

    def __init__(self, request: NightRequest) -> None:
        self.request = request
        self.warehouse = request.warehouse
        self.report = NightReport(notifications.new_night_id())
        self._step_name: str | None = None
        with self._told_if_it_cannot_begin():
            self.declarations = request.check()
        self._resources = ExitStack()
        self._hold: Hold | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None

    @property
    def night_id(self) -> str:
        """The night's name: when it began, in UTC, and four letters that set it apart."""
        return self.report.night_id

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The one connection to the build database; opened when first needed.

        Raises:
            TakenOverError: another night has the warehouse now.
        """
        if self._connection is None:
            if self._hold:
                self._hold.check()
            self._connection = self.warehouse.connect()
        return self._connection

    @property
    def has_news(self) -> bool:
        """Whether there is anything to build: told when files are loaded."""
        return not self.report.is_unchanged

    def __enter__(self) -> "Night":
        with (
            self._told_if_it_cannot_begin(),
            self._resources,
            diagnosis.explained(self.warehouse.build_database),
        ):
            self.warehouse.prepare()
            self._hold = self._resources.enter_context(self.warehouse.lock())
            self._resources.enter_context(preload.ending())
            self._resources.callback(self._disconnect)
            self.warehouse.clear()
            publication.clear(self.warehouse)
            self._serve_good()
            self._get_database()
            self._open_ledger()
            self._resources = self._resources.pop_all()
        LOG.info("night %s in %s", self.night_id, self.warehouse.folder)
        if self._hold.died:
            LOG.warning("taken over from a night that died (%s)", self._hold.died)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        profile: list[str] = []
        try:
            self._end(problem)
            if self.request.is_profile and not isinstance(problem, TakenOverError):
                profile = list(timing.lines(self.connection, self.night_id))
        finally:
            self._disconnect()
            outcome = self._outcome(signals.asked() or problem)
            # Of a warehouse that was taken over, the other night keeps the record.
            if not isinstance(problem, TakenOverError):
                notifications.keep(self.warehouse, outcome)
            self._resources.close()
        for line in (*self.report.lines(self.warehouse.published_link), *profile):
            LOG.info(line)
        if not outcome.is_good:
            notifications.tell(self.warehouse, outcome)
        signals.check()

    def _end(self, problem: BaseException | None) -> None:
        """Close the night's ledger row, if this night may still write."""
        if isinstance(problem, TakenOverError):
            self.report.status, self.report.message = "failed", notifications.first_line(problem)
            if self._connection is not None:
                # The log beside the database is the other night's: not ours to bring into it.
                self._connection.execute("pragma disable_checkpoint_on_shutdown")
            return
        try:
            # A signal that comes meanwhile is heeded once the row is closed.
            with suppress(signals.Stopped):
                self._write_data_docs()
            self._close_ledger(signals.asked() or problem)
        except (duckdb.Error, LoyaltyError) as trouble:
            # The first problem is the one to report; the next night closes the row.
            LOG.error("the night's ledger row could not be closed: %s", privacy.message(trouble))

    @privacy.undisclosed()
    def load(self) -> None:
        """Land every file of every source, check it, and join it to raw or quarantine it.

        May be called again after it failed: what was accepted is not loaded twice. Where the live
        generation was made of just what there is now, the night `has_news` no more.

        Raises:
            GateStop: a file stands in quarantine; the files that passed are joined all the same.
            UsageError: there is nothing to load and nothing was ever loaded.
        """
        with self._step("load"):
            self.report.files.clear()
            self.report.gates.clear()
            loading = Loading(
                self.connection,
                self.warehouse.archive,
                self.declarations,
                self.request.sources,
                self.report,
                self._go_on,
                partial(self._part, "load"),
            )
            loading.load_all()
            stop_if_held(self.connection)
            loading.stop_if_frozen()
            self._date()
            self._compare()
        live = self.report.generation
        if live and not rollback_outputs.is_shown(self.warehouse, live):
            # The night that published it died before it came to this.
            self._finish_publication(live)

    @privacy.undisclosed()
    def build(self) -> None:
        """Build and test all models.

        Raises:
            BuildError: a model or a test failed.
        """
        with self._step("build"):
            preload.wait_for("models")
            # dbt opens the database itself; one connection at a time owns it.
            self._disconnect()
            started_at = datetime.now(UTC).replace(tzinfo=None)
            try:
                built = transform.build(
                    self.warehouse,
                    self.night_id,
                    self.request.is_full_refresh,
                    lambda line: LOG.info("  %s", line),
                )
            finally:
                self.report.nodes = ledger.nodes(self.connection, self.night_id)
                timing.keep_nodes(self.connection, self.night_id, started_at)
            for name, seconds in built.parts.items():
                self._keep_seconds(name, started_at, seconds, part_of="build")

    @privacy.undisclosed()
    def check(self) -> None:
        """Check the marts that are about to be published.

        Raises:
            MartsStop: a critical expectation failed, or the gate itself did.
        """
        with self._step("check"):
            outcome = gates.check_marts(self.connection, self.night_id, settings.time_limit())
            self.report.gates.append(outcome)
            if not outcome.is_passed:
                reasons = [result.message for result in outcome.critical_failures]
                raise MartsStop(f"the marts did not pass their gate: {'; '.join(reasons)}")

    @privacy.undisclosed()
    def publish(self) -> None:
        """Write a new generation, switch readers to it and remove the oldest ones.

        Raises:
            PublicationError: the generation could not be written; the live one stands.
        """
        with self._step("publish"):
            before = publication.live_path(self.warehouse)
            self.report.generation = publication.publish(
                self.warehouse,
                self.connection,
                self.night_id,
                transform.published_tables(),
                comments=transform.published_comments(),
                changed=transform.published_changes(self.connection),
            )
            # At once: the same command after a night that dies now lets the generation stand.
            fingerprint.keep(
                self.connection,
                self.report.generation.name,
                fingerprint.read_mark(self.connection),
            )
            LOG.info("  %s → %s", self.warehouse.published_link, self.report.generation.name)
            transform.forget_changes(self.connection, self.report.generation.name)
            with suppress(duckdb.Error):
                changes = scorecard.status_changes(before, self.report.generation.path)
                self.report.status_changes = [str(change) for change in changes]
        self._finish_publication(self.report.generation)

    @privacy.undisclosed()
    def export(self) -> None:
        """Give what was published to readers of Parquet and PostgreSQL, where that is asked for.

        Raises:
            PublicationError: it could not be given; the generation that was published stands.
        """
        generation = self.report.generation
        if generation is None:
            return
        if self.request.is_parquet:
            from loyalty.exports import parquet

            with self._step("parquet"):
                room = self.warehouse.parquet
                exported = parquet.export(generation.path, room, self.warehouse.last_word)
                LOG.info("  %s", exported)
                parquet.prune(room, publication.generation_names(self.warehouse))
        if self.request.is_postgres:
            from loyalty.exports import postgres

            with self._step("postgres"):
                dsn = postgres.dsn_from_environment()
                rows = postgres.publish(generation.path, dsn, last_word=self.warehouse.last_word)
                LOG.info("  %s rows in PostgreSQL", f"{rows:,}")

    def _get_database(self) -> None:
        """A night goes on with the build database as it finds it."""

    def _serve_good(self) -> None:
        """Let nobody read a published file that was damaged since, while the night runs."""
        said = rollback_outputs.serve_good(self.warehouse)
        if said:
            LOG.warning(said)
            self.report.notes.append(said)

    def _as_of(self) -> date | None:
        return self.request.as_of

    def _date(self) -> None:
        """Fix the night's as-of date, where the models find it."""
        as_of = self._as_of() or as_of_dates.default_as_of(self.connection, self.declarations)
        if as_of is None:
            is_empty = not self.connection.execute("from quality.batches limit 1").fetchall()
            raise UsageError(
                nothing_to_load(self.request.sources, self.declarations)
                if is_empty
                else "nothing loaded carries a date to go by: give --as-of YYYY-MM-DD"
            )
        self.report.as_of_date = as_of
        as_of_dates.fix(self.connection, self.night_id, as_of)

    def _compare(self) -> None:
        """Let the live generation stand, where building would make the same again."""
        live = publication.live_path(self.warehouse)
        if live is None or self.request.is_full_refresh:
            return
        mark = fingerprint.read_mark(self.connection)
        if not fingerprint.is_made(self.connection, live.stem, mark):
            return
        with suppress(LoyaltyError):
            publication.verify(live)
            self.report.generation = publication.read_generation(live)
            self.report.is_unchanged = True
            LOG.info("  nothing new: %s was made of the same", live.stem)

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        """Say that a step begins, and keep its seconds in the ledger when it ends well or not."""
        self._go_on()
        LOG.info("%s", name, extra={"step": name})
        self._step_name = name
        started_at, began = datetime.now(UTC).replace(tzinfo=None), time.monotonic()
        try:
            yield
            # Where a library took the signal for an error that the step could live with.
            signals.check()
        except TakenOverError:
            raise
        except BaseException as problem:
            if self._hold:
                # What the other night removed or holds fails here; this is why.
                self._hold.check()
            with suppress(duckdb.Error, LoyaltyError):
                self.connection.execute("rollback")
            known = diagnosis.explain(problem, self.warehouse.build_database)
            if known:
                # A database that met a full disk takes no more until it is opened anew.
                self._disconnect()
            self._keep_seconds(name, started_at, time.monotonic() - began)
            # DuckDB says only that its query was interrupted.
            signals.check()
            if known:
                raise known from problem
            raise
        self._keep_seconds(name, started_at, time.monotonic() - began)
        self._step_name = None

    def _go_on(self) -> None:
        """Go on only if the warehouse is still ours and nobody asked for the end."""
        signals.check()
        if self._hold:
            self._hold.check()

    @contextmanager
    def _part(self, step: str, name: str) -> Iterator[None]:
        """Keep the seconds of a part of a step, if it ends well."""
        started_at, began = datetime.now(UTC).replace(tzinfo=None), time.monotonic()
        yield
        self._keep_seconds(name, started_at, time.monotonic() - began, part_of=step)

    def _keep_seconds(
        self, name: str, started_at: datetime, seconds: float, part_of: str | None = None
    ) -> None:
        if part_of is None:
            self.report.seconds[name] = self.report.seconds.get(name, 0.0) + seconds
        if self._hold and not self._hold.is_good:
            return
        try:
            ledger.keep_seconds(
                self.connection, self.night_id, name, started_at, seconds, part_of=part_of
            )
        except (duckdb.Error, LoyaltyError) as trouble:
            # It must not hide why the step itself failed.
            LOG.error("the seconds of %s could not be kept: %s", name, privacy.message(trouble))

    def _open_ledger(self) -> None:
        # We hold the lock, so a night that still says it is running has died.
        for night_id in ledger.running(self.connection):
            generation = self._live_generation(night_id)
            if generation is None:
                publication.remove_newest_of(self.warehouse, night_id)
            ledger.bury(self.connection, night_id, generation.name if generation else None)
        ledger.begin(self.connection, self.night_id, self.request.is_full_refresh)
        self._tell_of_the_dead()
        notifications.begin(self.warehouse, self.night_id, self.request.attempt)

    def _tell_of_the_dead(self) -> None:
        """Tell of the night before if it died, unless somebody did."""
        before = notifications.running(self.warehouse)
        if before:
            to_do = f"Nothing: night {self.night_id} has begun and takes up what is left."
            dead = notifications.died(self.warehouse, before, to_do)
            notifications.keep(self.warehouse, dead)
            notifications.tell(self.warehouse, dead)

    @contextmanager
    def _told_if_it_cannot_begin(self) -> Iterator[None]:
        try:
            yield
        except Exception as problem:
            notifications.tell_not_begun(
                self.warehouse, problem, self.night_id, self.request.attempt
            )
            raise

    def _outcome(self, problem: BaseException | None) -> notifications.Outcome:
        """Say how the night ended, for who looks without the ledger."""
        end = "failed" if self.report.status == "running" else self.report.status
        return notifications.Outcome(
            self.night_id,
            end,
            datetime.now(UTC),
            step=self._step_name,
            reason=self.report.message or (notifications.first_line(problem) if problem else None),
            to_do=notifications.way_out(problem) if problem else None,
            exit_status=getattr(problem, "exit_status", 1) if problem else 0,
            generation=publication.live_name(self.warehouse),
            attempt=self.request.attempt,
        )

    def _live_generation(self, night_id: str) -> publication.Generation | None:
        """Return what readers see if the given night made it."""
        path = publication.live_path(self.warehouse)
        if path is None:
            return None
        try:
            generation = publication.read_generation(path)
        except LoyaltyError:
            # A live file that cannot be read is what the next publication replaces.
            return None
        return generation if generation.night_id == night_id else None

    def _close_ledger(self, problem: BaseException | None) -> None:
        if problem is not None and self.report.generation is None:
            # Readers may have been switched right before it.
            self.report.generation = self._live_generation(self.night_id)
        generation = self.report.generation
        if problem is None:
            status = "unchanged" if self.report.is_unchanged else "published"
            self.report.status = status if generation else "failed"
            self.report.message = None if generation else "ended before it published"
            if self.report.notes:
                self.report.message = "; ".join(self.report.notes)
        else:
            self.report.status = _status(problem, generation is not None)
            self.report.message = notifications.first_line(problem)
        ledger.end(self.connection, self.report, self._step_name)

    def _finish_publication(self, generation: publication.Generation) -> None:
        with self._step("prune"):
            for name in publication.prune(self.warehouse):
                LOG.info("  removed the old generation %s", name)
        self._write_scorecard(generation)

    def _write_scorecard(self, generation: publication.Generation) -> None:
        """Write the page beside the link; a page that cannot be written fails no night."""
        with self._step("page"):
            try:
                preload.wait_for("pages")
                from loyalty.pipeline.page_facts import page_facts
                from loyalty.scorecard.page import write_page

                facts = page_facts(self.report)
                LOG.info("  %s", write_page(generation.path, self.warehouse.scorecard, facts))
            except Exception as trouble:
                LOG.warning("the scorecard page could not be written: %s", privacy.message(trouble))

    def _write_data_docs(self) -> None:
        """Leave the gates' own pages; a page that cannot be written fails no night."""
        if not self.report.gates or signals.asked():
            return
        started_at, began = datetime.now(UTC).replace(tzinfo=None), time.monotonic()
        try:
            preload.wait_for("pages")
            page = gates.write_data_docs(self.warehouse.data_docs, self.night_id, self.report.gates)
        except Exception as trouble:
            LOG.warning("the gates' pages could not be written: %s", privacy.message(trouble))
        else:
            LOG.info("gate results at %s", page)
        self._keep_seconds("data docs", started_at, time.monotonic() - began)

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(duckdb.Error):
                self._connection.close()
            self._connection = None


def run_night(request: NightRequest) -> None:
    """Run all steps, without an orchestrator.

    Raises:
        LoyaltyError: a step failed or a gate stopped the night; nothing new is published.
    """
    with Night(request) as night:
        night.load()
        if night.has_news:
            night.build()
            night.check()
            night.publish()
        night.export()


def _status(problem: BaseException, is_published: bool) -> str:
    if isinstance(problem, signals.Stopped):
        return "published" if is_published else "stopped"
    return "stopped" if isinstance(problem, GateStop) else "failed"
