-- The foundation: who works where, who lives there, what is known about them, what was printed, who looked.
--
-- Instants are milliseconds since 1970 UTC; days are text, 2026-11-23, and mean Japan.
-- Keys begin with facility_id, so that a facility's rows lie together. *_key columns are bytes compared as bytes.
-- STRICT and NOT NULL everywhere: the driver reads a NULL as zero where nobody asked (see src/store/db.rs).

create table facility (
    id text not null primary key,
    name text not null,
    kind text not null,
    body blob not null,
    version integer not null,
    created_at integer not null
) strict;

create table staff (
    facility_id text not null references facility (id),
    id text not null,
    login text not null unique,
    name text not null,
    role text not null,
    password_hash text not null,
    disabled_at integer,
    created_at integer not null,
    primary key (facility_id, id)
) strict;

-- Only the SHA-256 of a session's token is known here.
create table session (
    token_hash blob not null primary key,
    facility_id text not null,
    staff_id text not null,
    created_at integer not null,
    seen_at integer not null,
    expires_at integer not null,
    ended_at integer,
    foreign key (facility_id, staff_id) references staff (facility_id, id)
) strict, without rowid;
create index session_of_staff on session (facility_id, staff_id);

-- Sign-ins that failed lately, by what was typed as login; no row outlives the window that counts it.
create table login_failure (
    login_key text not null,
    at integer not null
) strict;
create index login_failure_by_login on login_failure (login_key, at);

-- The head of a resident: what lists and searches need. Everything else is in the revision it names.
create table resident (
    facility_id text not null references facility (id),
    id text not null,
    number text,
    name text not null,
    name_kana text not null,
    kana_key blob not null,
    like_head blob not null,
    like_tail blob not null,
    name_key blob not null,
    birth_date text,
    sex text,
    floor text,
    room text,
    place_key blob not null,
    photo_id text,
    revision integer not null,
    status text not null check (status in ('living_in', 'left', 'died')),
    status_on text,
    verified_at integer,
    created_at integer not null,
    primary key (facility_id, id),
    unique (facility_id, number)
) strict;
create index resident_by_place on resident (facility_id, status, place_key, id);
create index resident_by_kana on resident (facility_id, status, kana_key, id);
create index resident_by_name on resident (facility_id, status, name_key, id);
create index resident_by_like_head on resident (facility_id, status, like_head);
create index resident_by_like_tail on resident (facility_id, status, like_tail);

create table sheet_revision (
    facility_id text not null,
    resident_id text not null,
    revision integer not null,
    reason text not null,
    author_id text not null,
    author_name text not null,
    author_role text not null,
    created_at integer not null,
    body blob not null,
    primary key (facility_id, resident_id, revision),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
) strict;

create table sheet_draft (
    facility_id text not null,
    resident_id text not null,
    staff_id text not null,
    base_revision integer not null,
    saved_at integer not null,
    body blob not null,
    primary key (facility_id, resident_id, staff_id),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
) strict;

create table sheet_verification (
    facility_id text not null,
    resident_id text not null,
    at integer not null,
    revision integer not null,
    staff_id text not null,
    staff_name text not null,
    staff_role text not null,
    foreign key (facility_id, resident_id, revision) references sheet_revision (facility_id, resident_id, revision)
) strict;
create index sheet_verification_of_resident on sheet_verification (facility_id, resident_id, at);

-- The last number printed in a year. A number is taken before the paper is drawn, so one may be missing, none doubled.
create table document_serial (
    facility_id text not null references facility (id),
    year integer not null,
    last integer not null,
    primary key (facility_id, year)
) strict;

-- The large columns stand last: what comes before them is read without them.
create table document (
    facility_id text not null,
    id text not null,
    resident_id text not null,
    serial text not null,
    form text not null,
    edition text not null,
    revision integer not null,
    issued_at integer not null,
    issued_by text not null,
    issued_by_name text not null,
    valid_until text,
    match_code text not null,
    sha256 blob not null,
    withdrawn_at integer,
    withdrawn_by text,
    withdrawn_reason text,
    body blob not null,
    pdf blob not null,
    primary key (facility_id, id),
    unique (facility_id, serial),
    foreign key (facility_id, resident_id, revision) references sheet_revision (facility_id, resident_id, revision)
) strict;
create index document_of_resident on document (facility_id, resident_id, issued_at, id);

-- Only the SHA-256 of a link's token is known here: whoever reads the database cannot open a sheet with it.
create table link (
    token_hash blob not null primary key,
    facility_id text not null,
    resident_id text not null,
    document_id text not null,
    created_at integer not null,
    expires_at integer,
    ended_at integer,
    end_reason text check (end_reason in ('reprinted', 'withdrawn', 'left', 'died')),
    foreign key (facility_id, document_id) references document (facility_id, id),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
) strict, without rowid;
create index link_of_resident on link (facility_id, resident_id);
create unique index link_of_document on link (facility_id, document_id);
create index link_live on link (facility_id, document_id) where ended_at is null;

create table scan (
    facility_id text not null,
    id text not null,
    resident_id text not null,
    document_id text not null,
    at integer not null,
    tier text not null,
    source text not null,
    agent text not null,
    seen_by text,
    seen_at integer,
    primary key (facility_id, id),
    foreign key (facility_id, document_id) references document (facility_id, id)
) strict;
create index scan_unseen on scan (facility_id, at, id) where seen_at is null;
create index scan_of_facility on scan (facility_id, at, id);
create index scan_of_resident on scan (facility_id, resident_id, at, id);

-- id is the SHA-256 of the body, in hex: the same picture is kept once.
create table attachment (
    facility_id text not null references facility (id),
    id text not null,
    media_type text not null,
    created_at integer not null,
    thumbnail blob,
    body blob not null,
    primary key (facility_id, id)
) strict;

-- One chain a facility; `system` is the chain of what happens before a facility is known.
create table chain_head (
    facility_id text not null primary key,
    seq integer not null,
    hash blob not null
) strict, without rowid;

create table audit (
    facility_id text not null,
    seq integer not null,
    at integer not null,
    actor_id text not null,
    actor text not null,
    action text not null,
    subject text,
    detail text not null,
    source text not null,
    prev_hash blob not null,
    hash blob not null,
    primary key (facility_id, seq)
) strict;
create index audit_of_subject on audit (facility_id, subject, seq);

-- status 0: claimed, and not yet answered.
create table idempotency (
    facility_id text not null,
    staff_id text not null,
    key text not null,
    request_hash blob not null,
    status integer not null,
    body blob not null,
    created_at integer not null,
    primary key (facility_id, staff_id, key)
) strict;
create index idempotency_by_age on idempotency (created_at);

create table instance (
    name text not null primary key,
    value blob not null,
    created_at integer not null
) strict;
