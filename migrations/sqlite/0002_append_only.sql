-- What was said stays said. Nothing in the program changes these rows; the triggers stop a hand at the shell.

create trigger sheet_revision_no_update before update on sheet_revision begin select raise(abort, 'append-only: sheet_revision'); end;
create trigger sheet_revision_no_delete before delete on sheet_revision begin select raise(abort, 'append-only: sheet_revision'); end;

create trigger sheet_verification_no_update before update on sheet_verification begin select raise(abort, 'append-only: sheet_verification'); end;
create trigger sheet_verification_no_delete before delete on sheet_verification begin select raise(abort, 'append-only: sheet_verification'); end;

create trigger audit_no_update before update on audit begin select raise(abort, 'append-only: audit'); end;
create trigger audit_no_delete before delete on audit begin select raise(abort, 'append-only: audit'); end;

-- A document may be withdrawn, once; nothing else about it changes.
create trigger document_no_update before update of
    facility_id, id, resident_id, serial, form, edition, revision, issued_at, issued_by, issued_by_name,
    valid_until, match_code, sha256, body, pdf
on document begin select raise(abort, 'append-only: document'); end;
create trigger document_withdrawn_once before update on document when old.withdrawn_at is not null
begin select raise(abort, 'append-only: document'); end;
create trigger document_no_delete before delete on document begin select raise(abort, 'append-only: document'); end;
