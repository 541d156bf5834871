-- What was said stays said. Nothing in the program changes these rows; the triggers stop a hand at the shell.

create function append_only() returns trigger language plpgsql as $$
begin
    raise exception 'append-only: %', tg_table_name;
end
$$;

create trigger sheet_revision_no_update before update or delete on sheet_revision for each row execute function append_only();
create trigger sheet_revision_no_truncate before truncate on sheet_revision for each statement execute function append_only();

create trigger sheet_verification_no_update before update or delete on sheet_verification for each row execute function append_only();
create trigger sheet_verification_no_truncate before truncate on sheet_verification for each statement execute function append_only();

create trigger audit_no_update before update or delete on audit for each row execute function append_only();
create trigger audit_no_truncate before truncate on audit for each statement execute function append_only();

-- A document may be withdrawn, once; nothing else about it changes.
create trigger document_no_update before update of
    facility_id, id, resident_id, serial, form, edition, revision, issued_at, issued_by, issued_by_name,
    valid_until, match_code, sha256, body, pdf
on document for each row execute function append_only();
create trigger document_withdrawn_once before update on document
for each row when (old.withdrawn_at is not null) execute function append_only();
create trigger document_no_delete before delete on document for each row execute function append_only();
create trigger document_no_truncate before truncate on document for each statement execute function append_only();
