using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using OgcProcesses.Application.Access.Audit;
using OgcProcesses.Application.Access.Keys;
using OgcProcesses.Application.Access.Links;
using OgcProcesses.Application.Callbacks;
using OgcProcesses.Application.Common.Behaviours;
using OgcProcesses.Application.Jobs;
using OgcProcesses.Application.Jobs.Dismiss;
using OgcProcesses.Application.Jobs.Events;
using OgcProcesses.Application.Jobs.Get;
using OgcProcesses.Application.Jobs.Quotas;
using OgcProcesses.Application.Jobs.Retention;
using OgcProcesses.Application.Jobs.Run;
using OgcProcesses.Application.Processes.Deploy;
using OgcProcesses.Application.Processes.Image;
using OgcProcesses.Application.Uploads;

namespace OgcProcesses.Application.Common;

/// <summary>Registers the use cases and what runs jobs.</summary>
public static class ApplicationServices
{
    /// <summary>Adds the application layer; its seams are filled by the infrastructure, the caller and the links by the web layer.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="autoMapperLicenceKey">AutoMapper's licence key, if the operator has one.</param>
    public static IServiceCollection AddApplication(this IServiceCollection services, string? autoMapperLicenceKey)
    {
        var here = typeof(ApplicationServices).Assembly;
        services.AddScoped<ServiceFactory>(provider => provider.GetRequiredService);
        services.AddScoped<IMediator, Mediator>();
        // Around all others: who was refused is told, too.
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(AuditBehaviour<,>));
        // Who may not ask is not told what is wrong with the request.
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(AuthorizationBehaviour<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(ValidationBehaviour<,>));
        services.Scan(scan => scan.FromAssemblies(here)
            .AddClasses(classes => classes.AssignableTo(typeof(IRequestHandler<,>)), publicOnly: false)
            .AsImplementedInterfaces()
            .WithTransientLifetime());
        services.AddValidatorsFromAssembly(here, ServiceLifetime.Transient, includeInternalTypes: true);
        services.AddAutoMapper(mapper => mapper.LicenseKey = autoMapperLicenceKey, here);

        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<KnownKeys>();
        services.AddSingleton<Admission>();
        services.AddSingleton<JobSignals>();
        services.AddSingleton<JobWatch>();
        services.AddSingleton<JobMessages>();
        services.AddSingleton<JobFeeds>();
        services.AddSingleton<InputStager>();
        services.AddSingleton<OutputWatch>();
        services.AddSingleton<ResultReuse>();
        services.AddSingleton<AttemptRemains>();
        services.AddSingleton<JobRecovery>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<WaitingLine>();
        services.AddSingleton<JobDispatcher>();
        services.AddSingleton<Reconciler>();
        services.AddSingleton<FileSweep>();
        services.AddSingleton<JobDismissal>();
        services.AddSingleton<StoreQuota>();
        services.AddSingleton<QuotaCheck>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton<CallbackDelivery>();
        services.AddSingleton<PackageSource>();
        services.AddSingleton<ImageRequests>();
        services.AddSingleton<ImagePins>();
        services.AddSingleton<ImageKeeper>();
        services.AddSingleton<ResultLinks>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<OwnUploads>();
        services.AddSingleton<UploadReceiver>();
        services.AddSingleton<UploadSweep>();
        return services;
    }
}
