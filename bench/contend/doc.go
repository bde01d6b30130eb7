// Package contend compares the API with what a user would take instead, on one
// machine and one database, under one load, in alternating rounds: the Flask
// workload under gunicorn, the same with SQLAlchemy's ORM, and two ceilings: a
// bare net/http handler that writes the same bytes, and pgbench with the same
// statements.
//
//	contender.go   who is compared, and how each is started
//	flask.go       gunicorn, tuned, and SQLAlchemy
//	bare.go        the least that net/http can do
//	pgbench.go     the least that PostgreSQL's own client can do
//	operation.go   what is asked for
//	rounds.go      the rounds
//	latency.go     loads at fixed rates, memory, starts
//	table.go       what came of them, in Markdown
//	size.go        images
//	sqlalchemy/    the Flask workload's statements made by SQLAlchemy
package contend
