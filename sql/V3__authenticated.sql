-- By what the server knew that a client is who it says.

alter table clients
    add authenticated text not null default '' check (authenticated in ('', 'certificate', 'loopback', 'insecure'));
comment on column clients.authenticated is 'certificate: it proved its id by one; loopback: it came from the server''s own host, and said so; insecure: it may have been anybody. Of all hellos of the session the weakest. Empty for one that was admitted before this was kept.';
