package redis

import (
	"cmp"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// ioTimeout bounds one dial, one read and one write.
const ioTimeout = time.Second

// The causes are left out: go-redis repeats the URL or its parameters, and with them passwords.
var (
	errServerURL   = errors.New("redis: the URL is not valid; it looks like redis://user:password@host:6379/0")
	errClusterURL  = errors.New("redis: the URL of a cluster is not valid; it looks like redis://user:password@host:6379?addr=host2:6379&addr=host3:6379")
	errSentinelURL = errors.New("redis: the URL of a sentinel group is not valid; it looks like redis://host:26379/0?master_name=mymaster&addr=host2:26379&username=user&password=password")
	errClusterDB   = errors.New("redis: a cluster has no numbered databases; leave the number out of the URL")
	errWait        = errors.New("redis: wait_replicas in the URL is how many replicas must have what was written, from 1")
	errReplicas    = errors.New("redis: the URL must not send reads to replicas, where a session that has ended may still be alive; leave out read_only, replica_only, route_by_latency and route_randomly")
)

// Open returns a client for a URL. It does not connect yet; the caller closes it.
//
//   - one server: redis://user:password@host:port/db, rediss:// for TLS, unix://path
//   - a cluster, some of whose nodes are named: redis://user:password@host:port?addr=host2:port2&addr=host3:port3. Who has
//     one address only names it twice
//   - a sentinel group: redis://host:port/db?master_name=name&addr=host2:port2&username=user&password=password. The addresses,
//     and a user and password before the host, are those of the sentinels; the parameters are those of the servers
//
// The client speaks RESP2, which every server knows, says nothing about itself, and gives up after a second where go-redis
// would after five and then try again: a request must not hang when Redis does, and a command whose answer was lost must
// not run twice. A cluster's client goes on following redirections, and looks for the new master as soon as it loses one; a
// sentinel group's asks the sentinels whenever it connects. Reads go to masters only. Query parameters that go-redis knows
// (read_timeout, pool_size, …) win over that, but for those that would send reads to replicas: they are refused.
//
// One parameter is not go-redis's: with wait_replicas=1 a write counts once a replica has it, by WAIT, so that none which was
// answered is forgotten in a failover; it fails while there are too few replicas, or they take longer than half a second.
// Values that are set, taken, swapped or deleted and ended sessions are such writes, requests that are counted are not. It
// needs Redis 6.2 or later.
//
// An error repeats nothing of the URL.
func Open(address string) (goredis.UniversalClient, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errServerURL
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errServerURL
	}
	replicas := 0
	if q.Has(replicasParameter) {
		if replicas, err = strconv.Atoi(q.Get(replicasParameter)); err != nil || replicas < 1 {
			return nil, errWait
		}
		q.Del(replicasParameter)
		u.RawQuery = q.Encode() // go-redis refuses what it does not know
	}
	switch {
	case q.Has("master_name"):
		return openSentinels(u.String(), replicas)
	case q.Has("addr"):
		return openCluster(u.String(), strings.Trim(u.Path, "/"), replicas)
	default:
		return openServer(u.String(), replicas)
	}
}

func openServer(address string, replicas int) (goredis.UniversalClient, error) {
	o, err := goredis.ParseURL(address)
	if err != nil {
		return nil, errServerURL
	}
	o.Protocol, o.DisableIdentity, o.ContextTimeoutEnabled, o.DialerRetries = 2, true, true, cmp.Or(o.DialerRetries, 1)
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	dontRetry(&o.MaxRetries)
	dontWait(&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout)
	shareConnections(&o.PipelinePoolSize, replicas)
	return waiting(goredis.NewClient(o), replicas), nil
}

func openCluster(address, path string, replicas int) (goredis.UniversalClient, error) {
	o, err := goredis.ParseClusterURL(address)
	switch {
	case err != nil:
		return nil, errClusterURL
	case path != "" && path != "0":
		return nil, errClusterDB
	case o.ReadOnly || o.RouteByLatency || o.RouteRandomly:
		return nil, errReplicas
	}
	o.Protocol, o.DisableIdentity, o.ContextTimeoutEnabled, o.DialerRetries = 2, true, true, cmp.Or(o.DialerRetries, 1)
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	o.DisableRoutingPolicies = true // they would ask a node for its commands first, for up to five seconds
	dontRetry(&o.MaxRetries)
	dontWait(&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout)
	shareConnections(&o.PipelinePoolSize, replicas)
	client := goredis.NewClusterClient(o)
	client.OnNewNode(func(node *goredis.Client) {
		node.AddHook(nodeHook{client})
		waiting(node, replicas)
	})
	return client, nil
}

func openSentinels(address string, replicas int) (goredis.UniversalClient, error) {
	o, err := goredis.ParseFailoverURL(address)
	switch {
	case err != nil || o.MasterName == "":
		return nil, errSentinelURL
	case o.ReplicaOnly || o.RouteByLatency || o.RouteRandomly:
		return nil, errReplicas
	}
	o.Protocol, o.DisableIdentity, o.ContextTimeoutEnabled, o.DialerRetries = 2, true, true, cmp.Or(o.DialerRetries, 1)
	dontRetry(&o.MaxRetries)
	dontWait(&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.PoolTimeout)
	shareConnections(&o.PipelinePoolSize, replicas)
	return waiting(goredis.NewFailoverClient(o), replicas), nil
}

// shareConnections lets commands that wait for replicas use the connections of all others; go-redis has ten for pipelines alone.
func shareConnections(pipelines *int, replicas int) {
	if replicas > 0 && *pipelines == 0 {
		*pipelines = -1
	}
}

// waiting makes the writes of a server wait for its replicas, if any are asked for.
func waiting(server *goredis.Client, replicas int) *goredis.Client {
	if replicas > 0 {
		server.AddHook(replicaHook{server, replicas})
	}
	return server
}

// dontRetry turns retries off unless the URL has some.
func dontRetry(retries *int) {
	if *retries == 0 {
		*retries = -1
	}
}

// dontWait bounds what the URL does not.
func dontWait(timeouts ...*time.Duration) {
	for _, timeout := range timeouts {
		if *timeout == 0 {
			*timeout = ioTimeout
		}
	}
}
