package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"catalog/api/postgres"
	"catalog/contract"
)

// databaseOptions reads where the database is, and names what is missing.
func databaseOptions() (postgres.Options, error) {
	o := postgres.Options{CAFile: os.Getenv(contract.EnvDBCAFile)}
	for _, v := range []struct { // in order: the same environment, the same message
		variable string
		field    *string
	}{
		{contract.EnvDBHost, &o.Host},
		{contract.EnvDBName, &o.Database},
		{contract.EnvDBUsername, &o.Username},
		{contract.EnvDBPassword, &o.Password},
	} {
		if *v.field = os.Getenv(v.variable); *v.field == "" {
			return o, missing(v.variable)
		}
	}
	port, err := portOf(contract.EnvDBPort, 5432)
	o.Port = port
	return o, err
}

// writeTokens reads the tokens that may write: one, or several with commas
// between them while one is rotated.
func writeTokens() ([]string, error) {
	var tokens []string
	for t := range strings.SplitSeq(os.Getenv(contract.EnvAPIWriteToken), ",") {
		if t = strings.TrimSpace(t); t != "" {
			tokens = append(tokens, t)
		}
	}
	if len(tokens) == 0 {
		return nil, missing(contract.EnvAPIWriteToken)
	}
	return tokens, nil
}

func portOf(variable string, fallback uint16) (uint16, error) {
	text := os.Getenv(variable)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%s is %q: it must be a port, 1 to 65535", variable, text)
	}
	return uint16(n), nil
}

func durationOf(variable string, fallback time.Duration) (time.Duration, error) {
	text := os.Getenv(variable)
	if text == "" {
		return fallback, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s is %q: it must be a duration like 30s, not negative", variable, text)
	}
	return d, nil
}

func bytesOf(variable string, fallback int64) (int64, error) {
	text := os.Getenv(variable)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s is %q: it must be a number of bytes, 0 or more", variable, text)
	}
	return n, nil
}

func missing(variable string) error {
	return fmt.Errorf("%s is not set: the task definition takes it from Secrets Manager; set it to run the program by hand", variable)
}

func logLevel() string {
	if level := os.Getenv(contract.EnvLogLevel); level != "" {
		return level
	}
	return "info"
}
