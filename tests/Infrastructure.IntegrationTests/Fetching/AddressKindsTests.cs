using System.Net;
using OgcProcesses.Infrastructure.Fetching;

namespace OgcProcesses.Infrastructure.IntegrationTests.Fetching;

public class AddressKindsTests
{
    [TestCase("0.0.0.0")]
    [TestCase("0.1.2.3")]
    [TestCase("10.0.0.1")]
    [TestCase("100.64.0.1")]
    [TestCase("127.0.0.1")]
    [TestCase("169.254.169.254")]
    [TestCase("168.63.129.16")]
    [TestCase("172.16.0.1")]
    [TestCase("172.31.255.255")]
    [TestCase("192.0.0.8")]
    [TestCase("192.0.2.1")]
    [TestCase("192.88.99.1")]
    [TestCase("192.168.1.1")]
    [TestCase("198.18.0.1")]
    [TestCase("198.51.100.1")]
    [TestCase("203.0.113.1")]
    [TestCase("224.0.0.1")]
    [TestCase("240.0.0.1")]
    [TestCase("255.255.255.255")]
    [TestCase("::")]
    [TestCase("::1")]
    [TestCase("::127.0.0.1")]
    [TestCase("::ffff:10.0.0.1")]
    [TestCase("::ffff:0:10.0.0.1")]
    [TestCase("64:ff9b::10.0.0.1")]
    [TestCase("64:ff9b:1::8.8.8.8")]
    [TestCase("100::1")]
    [TestCase("2001::1")]
    [TestCase("2001:2::1")]
    [TestCase("2001:db8::1")]
    [TestCase("2002:0a00:0001::1")]
    [TestCase("2002:7f00:0001::")]
    [TestCase("2606:4700::5efe:10.0.0.1")]
    [TestCase("3fff::1")]
    [TestCase("5f00::1")]
    [TestCase("fc00::1")]
    [TestCase("fd12:3456::1")]
    [TestCase("fe80::1")]
    [TestCase("fe80::1%2")]
    [TestCase("fec0::1")]
    [TestCase("ff02::1")]
    public void WhyNotPublic_OfASpecialAddress_NamesItsKind(string address) =>
        Assert.That(AddressKinds.WhyNotPublic(IPAddress.Parse(address)), Is.Not.Null.And.Not.Empty);

    [TestCase("8.8.8.8")]
    [TestCase("100.63.255.255")]
    [TestCase("100.128.0.0")]
    [TestCase("172.15.0.1")]
    [TestCase("172.32.0.1")]
    [TestCase("223.255.255.254")]
    [TestCase("::ffff:8.8.8.8")]
    [TestCase("64:ff9b::8.8.8.8")]
    [TestCase("2002:0808:0808::1")]
    [TestCase("2606:4700:4700::1111")]
    public void WhyNotPublic_OfAPublicAddress_IsNull(string address) =>
        Assert.That(AddressKinds.WhyNotPublic(IPAddress.Parse(address)), Is.Null);
}
