"""Configuration of others, as it may stand on devices of each target; nothing in it may ever change."""

XR = "http://cisco.com/ns/yang/Cisco-IOS-XR"
XE = "http://cisco.com/ns/yang/Cisco-IOS-XE"
OC = "http://openconfig.net/yang"
SRL = "urn:nokia.com:srlinux"
JUNOS = "http://yang.juniper.net/junos/conf"


def _ports(key, *names):
    """Entries of ports, to which others bind what is theirs as well."""
    return "".join(
        f"<interface><{key}>{name}</{key}><config><{key}>{name}</{key}></config><interface-ref><config><interface>{name}</interface>"
        "<subinterface>0</subinterface></config></interface-ref></interface>"
        for name in names
    )


def _isis(name):
    family = "<address-family><af-name>ipv4</af-name><saf-name>unicast</saf-name></address-family>"
    return (
        f"<interface><interface-name>{name}</interface-name><address-families>{family}</address-families></interface>"
    )


TEXTS = {
    "junos": f"""
<configuration xmlns="{JUNOS}/root">
  <version>24.4R1.9</version>
  <groups><name>SITE</name><system xmlns="{JUNOS}/system"><host-name>r1</host-name></system></groups>
  <apply-groups>SITE</apply-groups>
  <interfaces xmlns="{JUNOS}/interfaces"><interface><name>ge-0/0/1</name><unit><name>0</name>
    <family><inet><address><name>10.0.0.1/31</name></address></inet></family></unit></interface></interfaces>
  <firewall xmlns="{JUNOS}/firewall"><family><inet><filter><name>LO0</name><term><name>all</name>
    <then><accept/></then></term></filter></inet></family></firewall>
</configuration>""",
    "iosxr": f"""
<hostname xmlns="{XR}-um-hostname-cfg"><system-network-name>r1</system-network-name></hostname>
<ipv4 xmlns="{XR}-um-ipv4-access-list-cfg"><access-lists><access-list><access-list-name>CUSTOMER</access-list-name>
  <sequences><sequence><sequence-number>10</sequence-number><remark>theirs</remark></sequence></sequences>
</access-list></access-lists></ipv4>
<router xmlns="{XR}-um-router-static-cfg"><static><address-family><ipv4><unicast><prefixes>
  <prefix><prefix-address>0.0.0.0</prefix-address><prefix-length>0</prefix-length></prefix>
</prefixes></unicast></ipv4></address-family></static></router>
<interfaces xmlns="{XR}-um-interface-cfg">
  <interface><interface-name>HundredGigE0/0/0/9</interface-name>
    <ipv4><access-group xmlns="{XR}-um-if-access-group-cfg">
      <ingress><access-list-name-1><name>CUSTOMER</name></access-list-name-1></ingress></access-group></ipv4></interface>
  <interface><interface-name>HundredGigE0/0/0/2</interface-name></interface>
  <interface><interface-name>HundredGigE0/0/0/3</interface-name></interface>
  <interface><interface-name>TenGigE0/0/0/1</interface-name></interface>
</interfaces>
<router xmlns="{XR}-um-router-isis-cfg"><isis><processes><process><process-id>CORE</process-id><interfaces>
  {_isis("HundredGigE0/0/0/2")}{_isis("HundredGigE0/0/0/3")}</interfaces></process></processes></isis></router>
<ipsla xmlns="{XR}-um-ipsla-cfg"><responder><type><udp><ipv4><address><address>10.0.0.1</address>
  <port><port-number>4000</port-number></port></address></ipv4></udp></type></responder></ipsla>""",
    "iosxe": f"""
<native xmlns="{XE}-native">
  <version>17.18</version>
  <hostname>r1</hostname>
  <ip>
    <access-list><extended xmlns="{XE}-acl"><name>CUSTOMER</name>
      <access-list-seq-rule><sequence>10</sequence><remark>theirs</remark></access-list-seq-rule></extended></access-list>
    <route><ip-route-interface-forwarding-list><prefix>0.0.0.0</prefix><mask>0.0.0.0</mask>
      <fwd-list><fwd>10.9.9.9</fwd></fwd-list></ip-route-interface-forwarding-list></route>
  </ip>
  <interface><GigabitEthernet><name>9</name><mtu>9000</mtu></GigabitEthernet><GigabitEthernet><name>1</name></GigabitEthernet>
    <TenGigabitEthernet><name>0/0/2</name></TenGigabitEthernet><TenGigabitEthernet><name>0/0/3</name></TenGigabitEthernet>
    <HundredGigE><name>0/1/0</name></HundredGigE></interface>
  <router><isis-container xmlns="{XE}-isis"><isis><area-tag>CORE</area-tag></isis></isis-container></router>
</native>""",
    "srlinux": f"""
<interface xmlns="{SRL}:chassis:interfaces"><name>ethernet-1/1</name><mtu>9000</mtu></interface>
<acl xmlns="{SRL}:acl:acl"><acl-filter><name>CUSTOMER</name><type>ipv4</type>
  <entry><sequence-id>10</sequence-id><action><accept/></action></entry></acl-filter></acl>
<qos xmlns="{SRL}:qos:qos"><explicit-congestion-notification/><scheduler-policies><scheduler-policy><name>THEIRS</name></scheduler-policy></scheduler-policies></qos>
<network-instance xmlns="{SRL}:net-inst:network-instance"><name>default</name><protocols>
  <isis xmlns="{SRL}:isis:isis"><instance><name>core</name><interface><interface-name>ethernet-1/2.0</interface-name></interface>
    <interface><interface-name>ethernet-1/3.0</interface-name></interface></instance></isis></protocols></network-instance>""",
    "openconfig": f"""
<interfaces xmlns="{OC}/interfaces"><interface><name>Ethernet1</name><config><name>Ethernet1</name><mtu>9000</mtu></config>
</interface></interfaces>
<acl xmlns="{OC}/acl"><acl-sets><acl-set><name>CUSTOMER</name><type>ACL_IPV4</type>
  <config><name>CUSTOMER</name><type>ACL_IPV4</type></config></acl-set></acl-sets>
  <interfaces>{_ports("id", "Ethernet1", "Ethernet2", "Ethernet3/1")}</interfaces></acl>
<qos xmlns="{OC}/qos"><interfaces>{_ports("interface-id", "Ethernet2", "Ethernet3/1")}</interfaces></qos>
<network-instances xmlns="{OC}/network-instance"><network-instance><name>DEFAULT</name><config><name>DEFAULT</name></config>
  <policy-forwarding><interfaces>{_ports("interface-id", "Ethernet1", "Ethernet2")}</interfaces></policy-forwarding>
</network-instance></network-instances>""",
}
