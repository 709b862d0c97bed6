using System;
using System.Collections;
using System.Collections.Generic;

namespace Azure.Provisioning
{
    public partial class BicepDictionary<T> : BicepValue, IEnumerable<KeyValuePair<string, BicepValue<T>>>
    {
        public BicepDictionary() { throw null!; }
        public BicepValue<T> this[string key] { get { throw null!; } set { } }
        public IEnumerator<KeyValuePair<string, BicepValue<T>>> GetEnumerator() { throw null!; }
        IEnumerator IEnumerable.GetEnumerator() { throw null!; }
    }

    public partial class BicepList<T> : BicepValue, IEnumerable<BicepValue<T>>
    {
        public BicepList() { throw null!; }
        public BicepValue<T> this[int index] { get { throw null!; } set { } }
        public void Add(BicepValue<T> item) { throw null!; }
        public IEnumerator<BicepValue<T>> GetEnumerator() { throw null!; }
        IEnumerator IEnumerable.GetEnumerator() { throw null!; }
    }

    public abstract partial class BicepValue
    {
        internal BicepValue() { }
    }

    public partial class BicepValue<T> : BicepValue
    {
        public BicepValue(T literal) { throw null!; }
        public T? Value { get { throw null!; } }
        public static implicit operator BicepValue<T>(T value) { throw null!; }
    }

    public partial class Infrastructure : Primitives.Provisionable
    {
        public Infrastructure(string bicepName = "main") { throw null!; }
        public override IEnumerable<Primitives.Provisionable> GetProvisionableResources() { throw null!; }
    }

    public partial class ProvisioningParameter : ProvisioningVariable
    {
        public ProvisioningParameter(string bicepIdentifier, Type type) : base(default!, default!) { throw null!; }
    }

    public partial class ProvisioningVariable
    {
        public ProvisioningVariable(string bicepIdentifier, Type type) { throw null!; }
    }
}

namespace Azure.Provisioning.Expressions
{
    public static partial class BicepFunction
    {
        public static BicepValue<string> Interpolate(BicepInterpolatedStringHandler handler) { throw null!; }
    }

    [System.Runtime.CompilerServices.InterpolatedStringHandler]
    public ref partial struct BicepInterpolatedStringHandler
    {
        public BicepInterpolatedStringHandler(int literalLength, int formattedCount) { throw null!; }
        public void AppendFormatted<T>(T t) { throw null!; }
        public void AppendLiteral(string text) { throw null!; }
    }
}

namespace Azure.Provisioning.Primitives
{
    public abstract partial class Provisionable
    {
        internal Provisionable() { }
        public virtual IEnumerable<Provisionable> GetProvisionableResources() { throw null!; }
    }

    public abstract partial class ProvisionableConstruct : Provisionable
    {
        protected ProvisionableConstruct() { }
    }

    public abstract partial class ProvisionableResource : Provisionable
    {
        protected ProvisionableResource() { }
    }
}
