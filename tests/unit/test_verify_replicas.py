"""To which replica packets turn when the chosen one is lost: to the next one by site and node, for the compiler and the prover alike."""

from support_verify import build

# Sites and nodes sort differently. From b the IGP's nearest replica is at c.
NET = """
name: net
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
defaults: {platform: frr}
sites: {home: {}, one: {}, two: {}, near: {}}
nodes:
  b: {site: home, loopback: 10.255.0.1/32, attached: [{prefix: 10.1.0.0/24, interface: eth9}]}
  c: {site: near, loopback: 10.255.0.2/32, attached: [{prefix: 10.2.0.0/24, interface: eth9}]}
  a: {site: two, loopback: 10.255.0.3/32, attached: [{prefix: 10.3.0.0/24, interface: eth9}]}
  d: {site: one, loopback: 10.255.0.4/32, attached: [{prefix: 10.4.0.0/24, interface: eth9}]}
links:
  - {id: bc, a: "b:eth0", b: "c:eth0", capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: ba, a: "b:eth1", b: "a:eth0", capacity: 1Gbps, latency: 2ms, crosses: []}
  - {id: bd, a: "b:eth2", b: "d:eth0", capacity: 1Gbps, latency: 3ms, crosses: []}
"""
INTENTS = """
service own { at near, one, two  port tcp/443 }
intent x {
  from home
  to any of own
  priority high
  bandwidth 5Mbps
  failover within 5s { survive any 1 node except access }
}
"""


def test_the_next_replica_is_told_by_its_site():
    built = build(INTENTS, NET)
    demand = built.run.realised.demands["x/home>own"]
    assert demand.chosen.destination.node == "c"
    assert {state: result.destination for result in demand.states for state in result.when} == {"node:c": "d"}
    assert built.codes() == set()
