-- The foundation: who works where, who lives there, what is known about them, what was printed, who looked.
--
-- Instants are milliseconds since 1970 UTC; days are text, 2026-11-23, and mean Japan.
-- Keys begin with facility_id, so that a facility's rows lie together. *_key columns are bytes compared as bytes.
-- collate "C": ids are compared as bytes here too, whatever the server's locale.

create table facility (
    id text collate "C" not null primary key,
    name text not null,
    kind text not null,
    body bytea not null,
    version bigint not null,
    created_at bigint not null
);

create table staff (
    facility_id text collate "C" not null references facility (id),
    id text collate "C" not null,
    login text collate "C" not null unique,
    name text not null,
    role text not null,
    password_hash text not null,
    disabled_at bigint,
    created_at bigint not null,
    primary key (facility_id, id)
);

-- Only the SHA-256 of a session's token is known here.
create table session (
    token_hash bytea not null primary key,
    facility_id text collate "C" not null,
    staff_id text collate "C" not null,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    foreign key (facility_id, staff_id) references staff (facility_id, id)
);
create index session_of_staff on session (facility_id, staff_id);

-- Sign-ins that failed lately, by what was typed as login; no row outlives the window that counts it.
create table login_failure (
    login_key text collate "C" not null,
    at bigint not null
);
create index login_failure_by_login on login_failure (login_key, at);

-- The head of a resident: what lists and searches need. Everything else is in the revision it names.
create table resident (
    facility_id text collate "C" not null references facility (id),
    id text collate "C" not null,
    number text collate "C",
    name text not null,
    name_kana text not null,
    kana_key bytea not null,
    like_head bytea not null,
    like_tail bytea not null,
    name_key bytea not null,
    birth_date text,
    sex text,
    floor text,
    room text,
    place_key bytea not null,
    photo_id text collate "C",
    revision bigint not null,
    status text collate "C" not null check (status in ('living_in', 'left', 'died')),
    status_on text,
    verified_at bigint,
    created_at bigint not null,
    primary key (facility_id, id),
    unique (facility_id, number)
);
create index resident_by_place on resident (facility_id, status, place_key, id);
create index resident_by_kana on resident (facility_id, status, kana_key, id);
create index resident_by_name on resident (facility_id, status, name_key, id);
create index resident_by_like_head on resident (facility_id, status, like_head);
create index resident_by_like_tail on resident (facility_id, status, like_tail);

create table sheet_revision (
    facility_id text collate "C" not null,
    resident_id text collate "C" not null,
    revision bigint not null,
    reason text not null,
    author_id text collate "C" not null,
    author_name text not null,
    author_role text not null,
    created_at bigint not null,
    body bytea not null,
    primary key (facility_id, resident_id, revision),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
);

create table sheet_draft (
    facility_id text collate "C" not null,
    resident_id text collate "C" not null,
    staff_id text collate "C" not null,
    base_revision bigint not null,
    saved_at bigint not null,
    body bytea not null,
    primary key (facility_id, resident_id, staff_id),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
);

create table sheet_verification (
    facility_id text collate "C" not null,
    resident_id text collate "C" not null,
    at bigint not null,
    revision bigint not null,
    staff_id text collate "C" not null,
    staff_name text not null,
    staff_role text not null,
    foreign key (facility_id, resident_id, revision) references sheet_revision (facility_id, resident_id, revision)
);
create index sheet_verification_of_resident on sheet_verification (facility_id, resident_id, at);

-- The last number printed in a year. A number is taken before the paper is drawn, so one may be missing, none doubled.
create table document_serial (
    facility_id text collate "C" not null references facility (id),
    year bigint not null,
    last bigint not null,
    primary key (facility_id, year)
);

-- The large columns stand last: what comes before them is read without them.
create table document (
    facility_id text collate "C" not null,
    id text collate "C" not null,
    resident_id text collate "C" not null,
    serial text collate "C" not null,
    form text not null,
    edition text not null,
    revision bigint not null,
    issued_at bigint not null,
    issued_by text not null,
    issued_by_name text not null,
    valid_until text,
    match_code text not null,
    sha256 bytea not null,
    withdrawn_at bigint,
    withdrawn_by text,
    withdrawn_reason text,
    body bytea not null,
    pdf bytea not null,
    primary key (facility_id, id),
    unique (facility_id, serial),
    foreign key (facility_id, resident_id, revision) references sheet_revision (facility_id, resident_id, revision)
);
create index document_of_resident on document (facility_id, resident_id, issued_at, id);

-- Only the SHA-256 of a link's token is known here: whoever reads the database cannot open a sheet with it.
create table link (
    token_hash bytea not null primary key,
    facility_id text collate "C" not null,
    resident_id text collate "C" not null,
    document_id text collate "C" not null,
    created_at bigint not null,
    expires_at bigint,
    ended_at bigint,
    end_reason text check (end_reason in ('reprinted', 'withdrawn', 'left', 'died')),
    foreign key (facility_id, document_id) references document (facility_id, id),
    foreign key (facility_id, resident_id) references resident (facility_id, id)
);
create index link_of_resident on link (facility_id, resident_id);
create unique index link_of_document on link (facility_id, document_id);
create index link_live on link (facility_id, document_id) where ended_at is null;

create table scan (
    facility_id text collate "C" not null,
    id text collate "C" not null,
    resident_id text collate "C" not null,
    document_id text collate "C" not null,
    at bigint not null,
    tier text not null,
    source text not null,
    agent text not null,
    seen_by text,
    seen_at bigint,
    primary key (facility_id, id),
    foreign key (facility_id, document_id) references document (facility_id, id)
);
create index scan_unseen on scan (facility_id, at, id) where seen_at is null;
create index scan_of_facility on scan (facility_id, at, id);
create index scan_of_resident on scan (facility_id, resident_id, at, id);

-- id is the SHA-256 of the body, in hex: the same picture is kept once.
create table attachment (
    facility_id text collate "C" not null references facility (id),
    id text collate "C" not null,
    media_type text not null,
    created_at bigint not null,
    thumbnail bytea,
    body bytea not null,
    primary key (facility_id, id)
);

-- One chain a facility; `system` is the chain of what happens before a facility is known.
create table chain_head (
    facility_id text collate "C" not null primary key,
    seq bigint not null,
    hash bytea not null
);

create table audit (
    facility_id text collate "C" not null,
    seq bigint not null,
    at bigint not null,
    actor_id text collate "C" not null,
    actor text not null,
    action text not null,
    subject text,
    detail text not null,
    source text not null,
    prev_hash bytea not null,
    hash bytea not null,
    primary key (facility_id, seq)
);
create index audit_of_subject on audit (facility_id, subject, seq);

-- status 0: claimed, and not yet answered.
create table idempotency (
    facility_id text collate "C" not null,
    staff_id text collate "C" not null,
    key text collate "C" not null,
    request_hash bytea not null,
    status bigint not null,
    body bytea not null,
    created_at bigint not null,
    primary key (facility_id, staff_id, key)
);
create index idempotency_by_age on idempotency (created_at);

create table instance (
    name text not null primary key,
    value bytea not null,
    created_at bigint not null
);
