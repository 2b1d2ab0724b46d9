using System.Security.Cryptography;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;

namespace OgcProcesses.Infrastructure.Storage;

/// <summary>Speaks to the bucket's server, whose address the operator gives.</summary>
internal sealed class S3Client(IOptions<OutputOptions> options) : AmazonS3Client(ConfigOf(options.Value.S3))
{
    private static AmazonS3Config ConfigOf(S3Options options)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            // Other servers know no newer checksums; what is sent is signed with its SHA-256 anyway.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            MaxErrorRetry = 2,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        if (options.ServiceUrl is { } url)
        {
            config.ServiceURL = url.AbsoluteUri;
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        if (!string.IsNullOrEmpty(options.AccessKey)) config.DefaultAWSCredentials = new BasicAWSCredentials(options.AccessKey, options.SecretKey);
        return config;
    }

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        pipeline.AddHandlerBefore<Signer>(new DigestOfDeletions());
    }

    /// <summary>Deletions of many objects carry their MD5, which servers older than the newer checksums insist on.</summary>
    private sealed class DigestOfDeletions : PipelineHandler
    {
        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var request = executionContext.RequestContext.Request;
            if (request.OriginalRequest is DeleteObjectsRequest) request.Headers["Content-MD5"] = Convert.ToBase64String(Digest(request.ContentStream));
            return base.InvokeAsync<T>(executionContext);
        }

#pragma warning disable CA5351 // A checksum that the protocol names, not a protection.
        private static byte[] Digest(Stream content)
        {
            content.Position = 0;
            var digest = MD5.HashData(content);
            content.Position = 0;
            return digest;
        }
#pragma warning restore CA5351
    }
}
