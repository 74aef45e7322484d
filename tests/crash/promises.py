"""The promises that are broken on purpose, each with the test that must notice.

The old text of a mutant must occur exactly once in its file, so that a mutant cannot rot unseen.
"""

from dataclasses import dataclass

KILLED = "tests/crash/test_points_sqlite.py::test_a_kill_there_loses_nothing_and_doubles_nothing"
FAULTS = "tests/crash/test_faults.py"
ORDER = "tests/crash/test_order.py"
JOURNAL = "tests/outbox/test_journal.py"
AUDIT = "tests/outbox/test_audit.py"
DELIVERIES = "tests/outbox/test_deliveries.py"
MOVES = "tests/outbox/test_moves.py"
INTAKE = "tests/ingest/test_intake.py"
WATCHER = "tests/ingest/test_watcher.py"
DAEMON = "tests/ingest/test_daemon.py"
SANDBOX = "tests/ingest/test_sandbox.py"
COPIES = "tests/outbox/test_copies.py"
CHORES = "tests/ingest/test_chores.py"


@dataclass(frozen=True, slots=True)
class Mutant:
    """In *file*, *old* becomes *new*; then one of *tests*, which take seconds, must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "a late decision is accepted",
        "outbox/journal.py",
        "ruling, standing, col(DocumentRow.token) == token)",
        "ruling, standing)",
        (
            f"{JOURNAL}::test_whoever_comes_late_changes_nothing",
            f"{JOURNAL}::test_a_result_with_an_old_token_is_refused",
        ),
    ),
    Mutant(
        "a late answer of a reader is accepted",
        "outbox/journal.py",
        '    return (col(DocumentRow.stage) == "reading", col(DocumentRow.token) == token)',
        '    return (col(DocumentRow.stage) == "reading",)',
        (f"{JOURNAL}::test_whoever_comes_late_changes_nothing",),
    ),
    Mutant(
        "a document is handed out twice",
        "outbox/journal.py",
        '                col(DocumentRow.stage) == "received",\n                stage="reading",',
        '                stage="reading",',
        (f"{JOURNAL}::test_a_document_is_handed_out_once",),
    ),
    Mutant(
        "attempts are not counted",
        "outbox/journal.py",
        "                attempts=col(DocumentRow.attempts) + 1,\n",
        "",
        (f"{JOURNAL}::test_a_document_is_handed_out_once",),
    ),
    Mutant(
        "a stop is counted as the document's fault",
        "outbox/journal.py",
        "crashes=col(DocumentRow.crashes) + 1)",
        "strikes=col(DocumentRow.strikes) + 1)",
        (f"{JOURNAL}::test_a_stop_and_a_readers_death_are_counted_apart",),
    ),
    Mutant(
        "what was being read at a kill is forgotten",
        "ingest/daemon.py",
        "if taken := self.app.journal.interrupted():",
        "if taken := 0:",
        (f"{DAEMON}::test_what_was_being_read_when_the_daemon_died_is_counted_and_read_again",),
    ),
    Mutant(
        "equal bytes are not recognised",
        "outbox/journal.py",
        "twin = standing.get(one.sha256)",
        "twin = standing.get(one.document_id)",
        (f"{JOURNAL}::test_two_equal_files_of_one_batch_find_each_other",),
    ),
    Mutant(
        "a document may be posted twice",
        "outbox/migrations/versions/v0001_first_release.py",
        '        sa.UniqueConstraint("record_id"),\n',
        "",
        (f"{JOURNAL}::test_no_two_documents_post_to_one_record",),
    ),
    Mutant(
        "the filing comes before the decision",
        "ingest/daemon.py",
        "            self.app.pipeline.settle(job, outcome)\n        except (OSError",
        "            self._file(document_id)\n"
        "            self.app.intake.adopt()\n"
        "        except (OSError",
        (f"{DAEMON}::test_what_cannot_be_opened_rests_untouched_with_a_note",),
    ),
    Mutant(
        "bytes are not looked at again after reading",
        "ingest/daemon.py",
        "if row is None or not self.app.intake.unchanged(row):",
        "if row is None:",
        (f"{FAULTS}::test_nothing_is_decided_about_bytes_that_changed_under_their_reader",),
    ),
    Mutant(
        "bytes are not hashed again when filed",
        "outbox/filing.py",
        "copy=row.partial) != row.sha256:",
        'copy=row.partial) == "":',
        ("tests/outbox/test_filing.py::test_changed_bytes_never_rest",),
    ),
    Mutant(
        "bytes are not hashed again when delivered",
        "outbox/deliveries.py",
        "copy=document.partial) == document.sha256",
        'copy=document.partial) != ""',
        (
            f"{DELIVERIES}::test_a_spoilt_original_is_left_out_and_read_again_while_the_others_are_delivered",
        ),
    ),
    Mutant(
        "a standing delivery is believed unseen",
        "outbox/deliveries.py",
        "        if stood:\n",
        "        if stood and not documents:\n",
        (
            f"{DELIVERIES}::test_a_strange_folder_in_the_place_of_a_delivery_is_named_and_left_alone",
        ),
    ),
    Mutant(
        "a folder is built in its final place",
        "outbox/moves.py",
        "    aside = building / destination.name\n",
        "    aside = destination\n",
        (f"{MOVES}::test_a_folder_appears_whole_or_not_at_all",),
    ),
    Mutant(
        "a standing folder is built anew",
        "outbox/moves.py",
        "    if os.path.lexists(destination):\n        return\n",
        "    shutil.rmtree(destination, ignore_errors=True)\n",
        (f"{MOVES}::test_a_standing_folder_is_never_built_again",),
    ),
    Mutant(
        "what a killed start left in the spool is not taken up",
        "ingest/intake.py",
        "        if rows:\n            self._journal.claim(rows)\n            LOG",
        "        if rows:\n            LOG",
        (
            f"{INTAKE}::test_what_a_killed_start_left_in_the_spool_is_taken_up",
            f"{KILLED}[intake.renamed]",
        ),
    ),
    Mutant(
        "a copy's source is removed before the journal knows",
        "ingest/intake.py",
        "        return _Claim(row, ready.path, origin)\n",
        "        ready.path.unlink()\n        return _Claim(row, ready.path, origin)\n",
        (f"{INTAKE}::test_a_claim_killed_anywhere_is_finished_and_nothing_is_taken_twice",),
    ),
    Mutant(
        "a copy is not compared",
        "ingest/spool.py",
        "if moves.sha256_of(target) != read:",
        "if not target.exists():",
        (f"{INTAKE}::test_a_copy_that_is_not_the_same_is_thrown_away_and_the_file_stays",),
    ),
    Mutant(
        "a copied file is taken again",
        "ingest/intake.py",
        "        if earlier is not None:\n",
        "        if earlier is not None and not earlier.id:\n",
        (f"{INTAKE}::test_a_copied_file_that_cannot_be_removed_is_taken_once_and_told_of",),
    ),
    Mutant(
        "the quiet time is ignored",
        "ingest/watcher.py",
        "if self._seen.get(path) is seen and rested >= quiet:",
        "if self._seen.get(path) is seen:",
        (f"{WATCHER}::test_a_young_file_waits_until_it_has_been_still",),
    ),
    Mutant(
        "one look is enough",
        "ingest/watcher.py",
        "if self._seen.get(path) is seen and rested >= quiet:",
        "if rested >= quiet:",
        (f"{WATCHER}::test_an_old_file_is_ready_at_the_second_look",),
    ),
    Mutant(
        "open writers are ignored",
        "ingest/watcher.py",
        "        return _Writer.THERE\n",
        "        return _Writer.NONE\n",
        (f"{WATCHER}::test_a_file_that_is_open_for_writing_is_not_ready",),
    ),
    Mutant(
        "a missing tail is ignored",
        "ingest/watcher.py",
        "lacks = _OPEN if writer is _Writer.THERE else self._lacks(path, seen)",
        "lacks = _OPEN if writer is _Writer.THERE else None",
        (f"{WATCHER}::test_a_file_without_its_end_is_given_as_partial_in_the_end",),
    ),
    Mutant(
        "a reader's death is not counted",
        "ingest/daemon.py",
        "if journal.strike(document_id, token) < STRIKES:",
        "if journal.strike(document_id, token) < 1000:",
        (
            f"{DAEMON}::test_a_reader_that_died_once_is_forgiven_and_the_second_time_the_document_is_held",
        ),
    ),
    Mutant(
        "the chain is not linked",
        "outbox/audit.py",
        "detail, prev]",
        'detail, ""]',
        (
            f"{AUDIT}::test_a_broken_link_is_named",
            f"{AUDIT}::test_removed_events_are_named",
        ),
    ),
    Mutant(
        "a seal is not checked",
        "outbox/audit.py",
        "return hmac.compare_digest(event.mac, mac(key, event.prev, event))",
        "return bool(event.mac)",
        (f"{AUDIT}::test_a_changed_character_anywhere_in_an_event_is_named",),
    ),
    Mutant(
        "memory has no limit",
        "ingest/confine.py",
        "    if pages:\n        _set(resource.RLIMIT_AS",
        "    if not pages:\n        _set(resource.RLIMIT_AS",
        (
            f"{SANDBOX}::test_whatever_a_document_does_it_gets_its_reason_and_the_next_is_read[eats_memory-too_large]",
        ),
    ),
    Mutant(
        "children outlive the daemon",
        "ingest/zygote.py",
        "        for process in self._children:\n            _kill(process)\n        while",
        "        while",
        (f"{SANDBOX}::test_nothing_is_left_when_the_daemon_is_killed",),
    ),
    Mutant(
        "a document may write anywhere",
        "ingest/confine.py",
        "    version = _LIBC.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION) if _LINUX else -1\n",
        "    version = -1\n",
        (f"{SANDBOX}::test_a_document_has_no_way_out_of_its_folder",),
    ),
    Mutant(
        "account numbers are shown",
        "outbox/showing.py",
        "    return MASK + _plain(account)[-SHOWN_DIGITS:]",
        "    return account",
        ("tests/outbox/test_showing.py::test_accounts_keep_their_last_four_characters",),
    ),
    Mutant(
        "cells may be formulas",
        "outbox/writers/rows.py",
        """    return f"'{text}" if text.startswith(ACTIVE) else text""",
        "    return text",
        ("tests/outbox/test_writers.py::test_text_never_becomes_a_formula",),
    ),
    Mutant(
        "bytes are named before they last",
        "outbox/moves.py",
        "        file.flush()\n        os.fsync(file.fileno())\n    return",
        "        file.flush()\n    return",
        (f"{ORDER}::test_a_folder_is_named_only_when_every_byte_and_entry_in_it_lasts",),
    ),
    Mutant(
        "a folder is not made to last",
        "outbox/moves.py",
        "        sync_folder(folder)\n    if not destination",
        "        pass\n    if not destination",
        (f"{ORDER}::test_a_folder_is_named_only_when_every_byte_and_entry_in_it_lasts",),
    ),
    Mutant(
        "two daemons work on one workspace",
        "ingest/workspace.py",
        "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)",
        (f"{FAULTS}::test_a_second_daemon_is_refused_though_the_first_is_frozen",),
    ),
    Mutant(
        "a decision of a person is carried out twice",
        "outbox/cases.py",
        "        if row.applied or row.refused:\n            return row\n",
        "",
        (f"{FAULTS}::test_a_decision_that_was_carried_out_is_not_taken_up_again",),
    ),
    Mutant(
        "an original that others may still write to is linked",
        "outbox/moves.py",
        "    if copy or _may_be_written(source) or not _linked(",
        "    if copy or not _linked(",
        (
            "tests/outbox/test_filing.py::test_an_original_that_has_another_name_elsewhere_is_copied",
        ),
    ),
    Mutant(
        "an id that a document has is given again",
        "ingest/intake.py",
        "for one in more - self._journal.known(more) if",
        "for one in more if",
        (f"{INTAKE}::test_an_id_that_a_document_has_is_drawn_again",),
    ),
    Mutant(
        "links that a reader left are followed",
        "outbox/evidence.py",
        "    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK",
        "    flags = os.O_RDONLY | os.O_NONBLOCK",
        ("tests/outbox/test_evidence.py::test_what_is_no_plain_picture_is_left_and_named",),
    ),
    Mutant(
        "work goes on with a database that was set back",
        "outbox/heads.py",
        '                raise OutboxError(f"The database is not fit: {why}. {RESTORE}")\n',
        "                continue\n",
        ("tests/outbox/test_heads.py::test_no_work_is_done_on_a_journal_that_was_set_back",),
    ),
    Mutant(
        "what failed after its move is thrown away",
        "ingest/spool.py",
        "        if not clear_empty(home):\n",
        "        moves.clear(home)\n        if not clear_empty(home):\n",
        (f"{INTAKE}::test_a_file_that_was_moved_though_the_system_denies_it_is_taken_up",),
    ),
    Mutant(
        "an id is drawn unseen",
        "ingest/intake.py",
        "more - self._journal.known(more) if not",
        "more if not",
        (f"{INTAKE}::test_an_id_that_a_document_has_is_drawn_again",),
    ),
    Mutant(
        "a reader's death counts twice",
        "outbox/journal.py",
        'if was.stage == "reading" and writing.said_last',
        "if not was and writing.said_last",
        (f"{JOURNAL}::test_a_readers_death_counts_once_however_often_it_is_told",),
    ),
    Mutant(
        "what a copy is made of is let go too early",
        "outbox/evidence.py",
        "    if not has_words(folder):",
        "    if folder:",
        (f"{COPIES}::test_a_case_read_from_pictures_gets_its_copy",),
    ),
    Mutant(
        "a copy is kept of what is being read again",
        "outbox/copies.py",
        "            if not self._still(row):",
        "            if not aside:",
        (f"{COPIES}::test_nothing_is_kept_of_a_document_that_is_taken_in_hand_meanwhile",),
    ),
    Mutant(
        "a lost copy is not missed",
        "outbox/on_disk.py",
        "            copy = ((home,), files)",
        "            copy = None",
        (f"{COPIES}::test_a_missing_a_changed_and_a_strange_copy_are_named",),
    ),
    Mutant(
        "one spoilt copy holds all others",
        "ingest/chores.py",
        'if f"{COPY}{one}" not in held]',
        "if one not in held]",
        (f"{CHORES}::test_a_copy_that_cannot_be_made_is_named_and_the_others_are_made",),
    ),
)
