package tests_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	goredis "github.com/redis/go-redis/v9"

	"github.com/goauth-dev/goauth/redis"
)

func TestOpenRefusesAURLWithoutRepeatingIt(t *testing.T) {
	const server, cluster, group = "redis: the URL is not valid", "redis: the URL of a cluster", "redis: the URL of a sentinel group"
	const replicas = "redis: the URL must not send reads to replicas"
	for url, want := range map[string]string{
		"":                                  server,
		"localhost:6379":                    server,
		"http://:secret@localhost":          server,
		"redis://:secret@host:port/0":       server,
		"redis://:secret@localhost/x":       server,
		"redis://h?secret=1":                server,
		"redis://:secret@h?wait_replicas=":  "redis: wait_replicas",
		"redis://:secret@h?wait_replicas=0": "redis: wait_replicas",
		"redis://:secret@h?addr=h:1&wait_replicas=secret":                 "redis: wait_replicas",
		"redis://h?addr=%zz&pass=secret":                                  server,
		"redis://h?addr=user:secret@h2:1":                                 cluster,
		"redis://h?addr=h2":                                               cluster,
		"redis://h?addr=":                                                 cluster,
		"redis://:secret@h?addr=h2:1&secret=secret":                       cluster,
		"redis://:secret@h?addr=h2:1&pool_size=secret":                    cluster,
		"unix:///secret?addr=h2:1":                                        cluster,
		"redis://:secret@h/1?addr=h2:1":                                   "redis: a cluster has no numbered databases",
		"redis://:secret@h?addr=h2:1&read_only=true":                      replicas,
		"redis://:secret@h?addr=h2:1&route_by_latency=1":                  replicas,
		"redis://:secret@h?addr=h2:1&route_randomly=1":                    replicas,
		"redis://:secret@h?master_name=":                                  group,
		"redis://:secret@h?master_name=m&addr=user:secret@h2:1":           group,
		"redis://:secret@h/x?master_name=m&password=secret":               group,
		"redis://h?master_name=m&password=secret&x=secret":                group,
		"redis://h?master_name=m&password=secret&db=secret":               group,
		"http://:secret@h?master_name=m":                                  group,
		"redis://h?master_name=m&password=secret&replica_only=true":       replicas,
		"redis://h?master_name=m&password=secret&route_by_latency=true":   replicas,
		"redis://h?master_name=m&password=secret&route_randomly=true":     replicas,
		"redis://:secret@h?master_name=m&dial_timeout=secret&addr=h2:123": group,
	} {
		client, err := redis.Open(url)
		if err == nil {
			t.Errorf("%q was taken", url)
			_ = client.Close()
			continue
		}
		if !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error is %v", url, err)
		}
	}
}

// careful is what every kind of client must be told.
type careful struct {
	Protocol, Retries, DialerRetries  int
	Anonymous, ByContext              bool
	Dial, Read, Write, Pool, MaxRedir any
}

func settings(t *testing.T, client goredis.UniversalClient) careful {
	t.Helper()
	switch c := client.(type) {
	case *goredis.ClusterClient:
		o := c.Options()
		return careful{
			o.Protocol, o.MaxRetries, o.DialerRetries, o.DisableIdentity, o.ContextTimeoutEnabled,
			o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout, o.MaxRedirects,
		}
	case *goredis.Client:
		o := c.Options()
		return careful{
			o.Protocol, o.MaxRetries, o.DialerRetries, o.DisableIdentity, o.ContextTimeoutEnabled,
			o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout, nil,
		}
	default:
		t.Fatalf("a client of another kind: %T", client)
		return careful{}
	}
}

// TestOpenIsCarefulWithEveryKind: no hanging, no second try, RESP2, and what the URL says wins.
func TestOpenIsCarefulWithEveryKind(t *testing.T) {
	s := time.Second
	for url, want := range map[string]careful{
		"redis://h":                                     {2, 0, 1, true, true, s, s, s, s, nil},
		"rediss://u:p@h:1/2":                            {2, 0, 1, true, true, s, s, s, s, nil},
		"unix:///run/redis.sock":                        {2, 0, 1, true, true, s, s, s, s, nil},
		"redis://h?read_timeout=3s":                     {2, 0, 1, true, true, s, 3 * s, s, s, nil},
		"redis://h/3?wait_replicas=2":                   {2, 0, 1, true, true, s, s, s, s, nil},
		"redis://h?addr=h2:1&wait_replicas=1&addr=h3:1": {2, -1, 1, true, true, s, s, s, s, 3},
		"redis://h?wait_replicas=1&master_name=m":       {2, 0, 1, true, true, s, s, s, s, nil},
		"redis://h?master_name=m":                       {2, 0, 1, true, true, s, s, s, s, nil},
		"redis://h?addr=h2:1":                           {2, -1, 1, true, true, s, s, s, s, 3},
		"rediss://u:p@h/0?addr=h2:1":                    {2, -1, 1, true, true, s, s, s, s, 3},
		"redis://h/1?master_name=m&addr=h2:1&username=u&password=p&pool_timeout=5&max_retries=2": {2, 2, 1, true, true, s, s, s, 5 * s, nil},
		"redis://h?addr=h2:1&addr=h3:1&max_redirects=7&write_timeout=2s":                         {2, -1, 1, true, true, s, s, 2 * s, s, 7},
	} {
		client, err := redis.Open(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(settings(t, client))); diff != "" {
			t.Errorf("%s: %s", url, diff)
		}
		_ = client.Close()
	}
}
