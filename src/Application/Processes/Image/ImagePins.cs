using Microsoft.Extensions.Options;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Domain.Processes;

namespace OgcProcesses.Application.Processes.Image;

/// <summary>Holds a unit to the image that its reference names now, where the operator asks for it (<c>Runner:ImagePinning</c>).</summary>
public sealed class ImagePins(IContainerRunner runner, IOptions<RunnerOptions> options)
{
    /// <summary>The unit, with the image it is held to; pulls that where it is absent.</summary>
    /// <exception cref="ImageUnavailableException">There is no such image.</exception>
    internal async Task<ExecutionUnit> PinAsync(ExecutionUnit unit, CancellationToken cancellationToken)
    {
        if (options.Value.ImagePinning != ImagePinning.OnDeploy || ImageReference.Parse(unit.Image) is not { Digest: null } reference) return unit;
        var image = await runner.EnsureImageAsync(unit.Image, null, cancellationToken);
        return unit with { PinnedImage = await NameOfAsync(reference, image, cancellationToken) };
    }

    /// <remarks>By digest, since another node can pull that; an image that came from no registry, or from another one, has its identifier alone.</remarks>
    private async Task<string> NameOfAsync(ImageReference reference, ContainerImage image, CancellationToken cancellationToken)
    {
        if (image.Digest == image.Id) return image.Id;
        try
        {
            var pinned = $"{reference.Name}@{image.Digest}";
            return (await runner.EnsureImageAsync(pinned, null, cancellationToken)).Id == image.Id ? pinned : image.Id;
        }
        catch (ImageUnavailableException)
        {
            return image.Id;
        }
    }
}
