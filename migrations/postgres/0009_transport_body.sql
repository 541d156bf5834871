-- What an entry says beside its words, as JSON: what happened, or what was observed.
alter table transport_event add column body text not null default '{}';
