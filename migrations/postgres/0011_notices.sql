-- Every page asks what was withdrawn, suspended or objected to in the last day.
create index statement_raised on statement (facility_id, at, resident_id)
    where kind in ('revoked', 'suspended', 'objection_raised');
